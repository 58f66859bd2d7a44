using System.Text.Json;

namespace TemporalConformance.Gate;

/// <summary>One answer as it fell: a line of <c>&lt;Phase&gt;.events.jsonl</c>.</summary>
public sealed record AnswerEvent
{
    /// <summary>When the answer was known.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The check.</summary>
    public required string Id { get; init; }

    /// <summary>The answer; never <see cref="Result.Waived"/>, which only the gate says.</summary>
    public required Result Result { get; init; }

    /// <summary>The effective severity, for display; the gate reads run.json.</summary>
    public required Severity Severity { get; init; }

    /// <summary>How long the check took, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>The check's name as a sentence, true when met.</summary>
    public required string Sentence { get; init; }

    /// <summary>The answer's own sentence.</summary>
    public required string Message { get; init; }

    /// <summary>What should have been seen.</summary>
    public string? Wanted { get; init; }

    /// <summary>What was seen.</summary>
    public string? Observed { get; init; }

    /// <summary>Where it was seen.</summary>
    public string? Where { get; init; }

    /// <summary>What to do next.</summary>
    public string? Remedy { get; init; }

    /// <summary>The check whose red answer explains this one, or "scope".</summary>
    public string? Cause { get; init; }
}

/// <summary>What a log of answers holds, and what is wrong with it.</summary>
/// <param name="Events">The lines that could be read, in order.</param>
/// <param name="Problems">One per line that could not.</param>
public sealed record EventReading(IReadOnlyList<AnswerEvent> Events, IReadOnlyList<GateInputException> Problems);

/// <summary>Writes and reads <c>&lt;Phase&gt;.events.jsonl</c>: one JSON object a line, appended as answers fall.</summary>
public static class EventLog
{
    private static readonly Lock Writing = new();

    /// <summary>The event as one line, without its newline.</summary>
    public static string Line(AnswerEvent answer) => JsonSerializer.Serialize(answer, GateJson.OneLine.AnswerEvent);

    /// <summary>
    /// Appends one line in one write, so that a killed process leaves whole lines and a reader that follows the file sees
    /// them at once. Checks of one process may call it at the same time.
    /// </summary>
    public static void Append(string file, AnswerEvent answer)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(Line(answer) + "\n");
        lock (Writing)
        {
            using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
            stream.Write(bytes);
        }
    }

    /// <summary>Reads one line.</summary>
    /// <exception cref="GateInputException">It is not an event.</exception>
    public static AnswerEvent Parse(string line, string file = "events.jsonl", int number = 1)
    {
        try
        {
            return GateJson.Read(line, GateJson.OneLine.AnswerEvent, file, "an answer as one JSON object a line");
        }
        catch (GateInputException e)
        {
            throw new GateInputException(file, number, Math.Max(1, e.Column), e.Wanted, e.Observed);
        }
    }

    /// <summary>Reads a whole log. An unreadable line is reported and the others still count.</summary>
    public static EventReading Read(string text, string file = "events.jsonl")
    {
        var events = new List<AnswerEvent>();
        var problems = new List<GateInputException>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            // The last piece is what follows the last newline: empty in a whole file, half an event in one cut short.
            if (lines[i].Length == 0 && i == lines.Length - 1)
            {
                break;
            }

            try
            {
                events.Add(Parse(lines[i], file, i + 1));
            }
            catch (GateInputException e)
            {
                problems.Add(e);
            }
        }

        return new(events, problems);
    }
}
