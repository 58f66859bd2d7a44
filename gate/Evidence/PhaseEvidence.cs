namespace TemporalConformance.Gate;

/// <summary>The files that one phase left behind, as texts; null = there is no such file.</summary>
/// <param name="Phase">A word of <see cref="Phases"/>; also the name of the test assembly.</param>
/// <param name="Trx"><c>&lt;Phase&gt;.trx</c>.</param>
/// <param name="Run"><c>&lt;Phase&gt;.run.json</c>.</param>
/// <param name="Events"><c>&lt;Phase&gt;.events.jsonl</c>.</param>
/// <param name="ExitCode">Of the test process, where the caller started it; null where files alone are judged.</param>
public sealed record PhaseEvidence(string Phase, string? Trx, string? Run, string? Events, int? ExitCode = null)
{
    /// <summary>Name of the TRX, for messages.</summary>
    public string TrxName { get; init; } = $"{Phase}.trx";

    /// <summary>Name of the run record, for messages.</summary>
    public string RunName { get; init; } = $"{Phase}.run.json";

    /// <summary>Name of the log of answers, for messages.</summary>
    public string EventsName { get; init; } = $"{Phase}.events.jsonl";

    /// <summary>Reads what a results folder holds of a phase.</summary>
    /// <exception cref="GateInputException">A file is there and cannot be read.</exception>
    public static PhaseEvidence FromFolder(string folder, string phase, int? exitCode = null)
    {
        return new(phase, Text("trx"), Text("run.json"), Text("events.jsonl"), exitCode)
        {
            TrxName = Name("trx"),
            RunName = Name("run.json"),
            EventsName = Name("events.jsonl"),
        };

        string Name(string suffix) => Path.Combine(folder, $"{phase}.{suffix}");

        string? Text(string suffix)
        {
            try
            {
                return File.ReadAllText(Name(suffix));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new GateInputException(Name(suffix), 0, 0, "a file that can be read", e.Message.TrimEnd('.'));
            }
        }
    }
}

/// <summary>What evidence has to be about, and when it has to be from.</summary>
public sealed record Expectation
{
    /// <summary>The moment of judging.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The release that the evidence has to name; null = any.</summary>
    public string? Target { get; init; }

    /// <summary>The id of the cluster that the evidence has to name; null = any.</summary>
    public string? Cluster { get; init; }

    /// <summary>Evidence from before this moment belongs to another run; null = any.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Evidence older than this is stale.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(24);
}

/// <summary>Why evidence does not carry a GO.</summary>
/// <param name="Phase">The phase it is about; null = the upgrade as a whole.</param>
/// <param name="Sentence">What is wrong.</param>
/// <param name="Wanted">What should have been found.</param>
/// <param name="Observed">What was found.</param>
/// <param name="Where">File, with line and column where there is one.</param>
/// <param name="Remedy">What to do next.</param>
/// <param name="Refused">
/// True: the evidence cannot be believed, so that it is UNDECIDED even where a blocker is violated in it.
/// False: something is missing beside evidence that can be believed, so that it is UNDECIDED at best.
/// </param>
public sealed record EvidenceProblem(string? Phase, string Sentence, string Wanted, string Observed, string Where, string Remedy, bool Refused);
