namespace TemporalConformance.Gate;

/// <summary>Collects what is wrong with the evidence of one phase, and what a reader should merely know.</summary>
internal sealed class ProblemList(string phase)
{
    private readonly List<EvidenceProblem> _problems = [];
    private readonly List<string> _notes = [];

    public IReadOnlyList<EvidenceProblem> Problems => _problems;

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>"Run the phase again: ./run.sh pre".</summary>
    public string Again => $"Run the phase again: ./run.sh {Phases.Command(phase)}";

    /// <summary>The evidence cannot be believed.</summary>
    public void Refuse(string sentence, string wanted, string observed, string where, string? remedy = null) =>
        _problems.Add(new(phase, sentence, wanted, observed, where, remedy ?? Again, Refused: true));

    /// <summary>The evidence is short of something: at best UNDECIDED.</summary>
    public void Gap(string sentence, string wanted, string observed, string where, string? remedy = null) =>
        _problems.Add(new(phase, sentence, wanted, observed, where, remedy ?? Again, Refused: false));

    /// <summary>The file cannot be read.</summary>
    public void Unreadable(string sentence, GateInputException e) => Refuse(sentence, e.Wanted, e.Observed, e.Where);

    /// <summary>Worth a line in the report.</summary>
    public void Note(string sentence) => _notes.Add(sentence);

    /// <summary>One problem for all offenders, or none.</summary>
    public void RefuseAny(IReadOnlyCollection<string> offenders, string sentence, string wanted, string where)
    {
        if (offenders.Count > 0)
        {
            Refuse(sentence, wanted, string.Join("; ", offenders), where);
        }
    }

    /// <summary>Evidence that is too old, from another run, or from the future.</summary>
    /// <returns>True when the times are fine.</returns>
    public bool Times(string what, DateTimeOffset started, DateTimeOffset finished, Expectation expect, string where)
    {
        var before = _problems.Count;
        var seen = $"{Moment(started)} to {Moment(finished)}";
        if (started > finished)
        {
            Refuse($"{what} ends before it starts.", "a start before its end", seen, where);
        }

        if (finished > expect.Now + Clocks.Ahead || started > expect.Now + Clocks.Ahead)
        {
            Refuse($"{what} is from the future.", $"times up to {Moment(expect.Now)}", seen, where, $"Compare the clocks of the two machines. {Again}");
        }

        if (expect.Now - finished > expect.MaxAge)
        {
            Refuse($"{what} is too old.", $"an end at most {Length(expect.MaxAge)} before {Moment(expect.Now)}", seen, where);
        }

        if (expect.NotBefore is { } earliest && started < earliest)
        {
            Refuse($"{what} is from before this run.", $"a start at {Moment(earliest)} or later", seen, where);
        }

        return _problems.Count == before;
    }

    public static string Moment(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'");

    private static string Length(TimeSpan span) => span.TotalHours >= 1 ? $"{span.TotalHours:0.#} h" : $"{span.TotalMinutes:0.#} min";
}

/// <summary>What clocks are allowed to do.</summary>
internal static class Clocks
{
    /// <summary>How far ahead of ours the clock of the machine that took the evidence may run.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    /// <summary>Two files of one process are written by one clock; this covers rounding.</summary>
    public static readonly TimeSpan Rounding = TimeSpan.FromSeconds(2);
}
