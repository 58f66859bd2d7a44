using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>The answers of one subject, in the order they came.</summary>
internal sealed class SubjectGroup(string subject, IReadOnlySet<string> expected)
{
    private readonly List<AnswerEvent> answers = [];

    /// <summary>First segment of the ids.</summary>
    public string Subject => subject;

    /// <summary>How many checks of this subject are asked.</summary>
    public int Expected => expected.Count;

    /// <summary>How many of them have answered.</summary>
    public int Answered => answers.Select(answer => answer.Id).Where(expected.Contains).Distinct().Count();

    /// <summary>Answers that were not yet shown.</summary>
    public IReadOnlyList<AnswerEvent> Pending => answers[shown..];

    /// <summary>Every check of the roll has answered.</summary>
    public bool IsComplete => Answered == Expected;

    /// <summary>Something of this subject stands on the screen already.</summary>
    public bool WasShown => shown > 0;

    private int shown;

    public void Add(AnswerEvent answer) => answers.Add(answer);

    public void Shown() => shown = answers.Count;
}

/// <summary>
/// Which subjects of a phase are complete and which are waited for. Checks of different subjects answer at the same time; a subject is
/// shown as one block when its last check has answered, so that lines of different subjects never mix.
/// </summary>
internal sealed class PhaseProgress
{
    private readonly List<SubjectGroup> groups;

    public PhaseProgress(IReadOnlyList<CheckEntry> roll)
    {
        groups = [.. roll
            .GroupBy(check => check.Subject)
            .Select(group => new SubjectGroup(group.Key, group.Select(check => check.Id).ToHashSet()))];
    }

    /// <summary>Cells of the widest subject.</summary>
    public int Widest => groups.Select(group => group.Subject.Length).DefaultIfEmpty(0).Max();

    /// <summary>Takes an answer; returns its group when that can be shown now.</summary>
    public SubjectGroup? Add(AnswerEvent answer)
    {
        var subject = CheckEntry.SubjectOf(answer.Id);
        var group = groups.Find(group => group.Subject == subject);
        if (group is null)
        {
            // An answer that the roll does not foresee is shown at the end; the gate decides what it is worth.
            group = new SubjectGroup(subject, new HashSet<string>());
            groups.Add(group);
            group.Add(answer);
            return null;
        }

        group.Add(answer);
        return group is { IsComplete: true, Expected: > 0 } ? group : null;
    }

    /// <summary>Groups with answers that were not shown, in the order of the roll.</summary>
    public IEnumerable<SubjectGroup> Unshown => groups.Where(group => group.Pending.Count > 0);

    /// <summary>Every check of the roll has answered.</summary>
    public bool IsComplete => groups.All(group => group.IsComplete);

    /// <summary><c>waiting for schema (3 of 8), identity (0 of 1) and 2 more</c>.</summary>
    public string Waiting()
    {
        var open = groups.Where(group => !group.IsComplete).Select(group => $"{group.Subject} ({group.Answered} of {group.Expected})").ToList();
        var named = string.Join(", ", open.Take(3));
        return open.Count switch
        {
            0 => "waiting for the phase to end",
            <= 3 => $"waiting for {named}",
            _ => $"waiting for {named} and {open.Count - 3} more",
        };
    }
}
