using System.Text;

namespace TemporalConformance.Gate;

/// <summary>
/// The text form of an answer that is not green, as it stands in an exception's message, in a skip's reason and so in
/// the TRX:
/// <code>
/// [violated] The main store is at 1.18 but its table tasks_v2 is missing.
/// wanted: every table of main 1.18
/// observed: 36 tables of 37
///   missing: tasks_v2
/// where: temporal@db:5432/temporal
/// do: Restore the table from the schema of 1.18, then ask again.
/// cause: database/reachable
/// </code>
/// The second and further lines of a field are indented by two spaces, so that data never looks like a marker or a field.
/// </summary>
/// <param name="Result"><see cref="Gate.Result.Violated"/>, Unanswered, NotApplicable or Deferred.</param>
/// <param name="Sentence">The answer in one sentence; not empty.</param>
public sealed record AnswerText(Result Result, string Sentence)
{
    private const string Indent = "  ";

    private static readonly (string Marker, Result Result)[] Markers =
    [
        ("[violated]", Result.Violated),
        ("[unanswered]", Result.Unanswered),
        ("[not applicable]", Result.NotApplicable),
        ("[deferred]", Result.Deferred),
    ];

    /// <summary>What should have been seen.</summary>
    public string? Wanted { get; init; }

    /// <summary>What was seen: all offenders, one a line.</summary>
    public string? Observed { get; init; }

    /// <summary>Where it was seen.</summary>
    public string? Where { get; init; }

    /// <summary>What to do next; "do:" in the text.</summary>
    public string? Remedy { get; init; }

    /// <summary>The check whose red answer explains this one, or "scope" for what was left out.</summary>
    public string? Cause { get; init; }

    /// <summary>Writes the form, without a newline at its end. Fields without text are left out.</summary>
    /// <exception cref="InvalidOperationException">The result has no marker, or the sentence is empty.</exception>
    public string Write()
    {
        var marker = Markers.FirstOrDefault(m => m.Result == Result).Marker
            ?? throw new InvalidOperationException($"An answer that is {Result.Text()} has no text form.");
        var sentence = Clean(Sentence);
        if (sentence.Length == 0)
        {
            throw new InvalidOperationException("An answer needs a sentence.");
        }

        var text = new StringBuilder().Append(marker).Append(' ').Append(Indented(sentence));
        Field("wanted", Wanted);
        Field("observed", Observed);
        Field("where", Where);
        Field("do", Remedy);
        Field("cause", Cause);
        return text.ToString();

        void Field(string name, string? value)
        {
            if (Clean(value) is { Length: > 0 } clean)
            {
                text.Append('\n').Append(name).Append(": ").Append(Indented(clean));
            }
        }
    }

    /// <summary>
    /// Reads the form that a text ends with, whatever stands before it; null when the text does not end with one. A skip
    /// stands in the TRX after everything that the test printed, so only the end counts.
    /// </summary>
    public static AnswerText? Read(string? text)
    {
        var lines = Clean(text).Split('\n');
        var start = Array.FindLastIndex(lines, line => MarkerOf(line) is not null);
        if (start < 0)
        {
            return null;
        }

        var (marker, result) = MarkerOf(lines[start])!.Value;
        var fields = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        var current = fields[""] = new StringBuilder(lines[start][marker.Length..].TrimStart(' '));
        foreach (var line in lines.AsSpan(start + 1))
        {
            if (line.Length == 0 || line.StartsWith(Indent, StringComparison.Ordinal))
            {
                current.Append('\n').Append(line.Length == 0 ? "" : line[Indent.Length..]);
            }
            else if (FieldOf(line) is { } name && !fields.ContainsKey(name))
            {
                current = fields[name] = new StringBuilder(line[(name.Length + 1)..].TrimStart(' '));
            }
            else
            {
                return null;
            }
        }

        return fields[""].Length == 0 ? null : new AnswerText(result, fields[""].ToString())
        {
            Wanted = Of("wanted"),
            Observed = Of("observed"),
            Where = Of("where"),
            Remedy = Of("do"),
            Cause = Of("cause"),
        };

        string? Of(string name) => fields.TryGetValue(name, out var value) ? value.ToString() : null;
    }

    private static (string Marker, Result Result)? MarkerOf(string line)
    {
        foreach (var candidate in Markers)
        {
            if (line.StartsWith(candidate.Marker + " ", StringComparison.Ordinal))
            {
                return candidate;
            }
        }

        return null;
    }

    private static string? FieldOf(string line) => line.IndexOf(':') switch
    {
        > 0 and var colon when line[..colon] is "wanted" or "observed" or "where" or "do" or "cause" => line[..colon],
        _ => null,
    };

    // XML turns every kind of line end into a newline, so they are made one before the lines are indented.
    private static string Clean(string? text) => (text ?? "").ReplaceLineEndings("\n").Trim();

    private static string Indented(string text) => text.Replace("\n", "\n" + Indent, StringComparison.Ordinal);
}
