namespace TemporalConformance.Gate;

/// <summary>
/// Turns evidence into a verdict: a pure function of the files' texts, the roll, the waivers and the moment.
/// </summary>
/// <remarks>
/// Two rules hold whatever the input. Putting anything in the place of a pass never makes a GO. Putting anything in the
/// place of a failure but a pass, a declared "not applicable" or "deferred", or a valid waiver never makes one either.
/// </remarks>
public static class Judge
{
    /// <summary>Judges one phase.</summary>
    /// <param name="evidence">What the phase left behind.</param>
    /// <param name="roll">The checks there are.</param>
    /// <param name="waivers">The waivers, from <see cref="WaiverFile"/>.</param>
    /// <param name="expect">What the evidence has to be about.</param>
    public static PhaseVerdict Phase(PhaseEvidence evidence, CheckRoll roll, IReadOnlyList<Waiver> waivers, Expectation expect)
    {
        var problems = new ProblemList(evidence.Phase);
        var asked = roll.Of(evidence.Phase);
        if (asked.Count == 0)
        {
            problems.Refuse($"No check belongs to {evidence.Phase}.", $"one of {string.Join(", ", Phases.All)}, with checks", "none", "checks.json");
        }

        var trx = TrxEvidence.Read(evidence, roll, expect, problems);
        var run = RunEvidence.Read(evidence, trx, roll, expect, problems);
        var events = EventEvidence.Read(evidence, trx, run, roll, expect, problems);
        var checks = new CheckAnswers(evidence, trx, run, events, problems).Judge(asked, new WaiverDesk(waivers, evidence.Phase, run?.Cluster, expect.Now), out var use);

        return Summary.Of(evidence.Phase, checks, run, problems, use);
    }

    /// <summary>The verdict of a command or a whole upgrade: the worst of its phases.</summary>
    /// <param name="phases">The phases that were judged, in order.</param>
    /// <param name="identity">What the tool knows even where no phase says it.</param>
    /// <param name="atBestUndecided">
    /// One sentence for each reason why it is no GO whatever the phases say: an override, a migration that failed, a phase that was not reached.
    /// </param>
    public static Verdict Worst(IReadOnlyList<PhaseVerdict> phases, VerdictIdentity identity, IReadOnlyList<string>? atBestUndecided = null)
    {
        // A phase whose every check was out of scope says nothing, as long as another one said something.
        var speaking = phases.Any(phase => !phase.NothingAsked) ? phases.Where(phase => !phase.NothingAsked).ToList() : [.. phases];
        var whole = Consistency.Problems(speaking);
        foreach (var sentence in atBestUndecided ?? [])
        {
            whole.Add(new(null, sentence, "nothing that stands against a GO", sentence, "this command", "Settle it and run the command again.", Refused: false));
        }

        if (phases.Count == 0)
        {
            whole.Add(new(null, "No phase was judged.", "evidence of at least one phase", "none", "this command", "Run a phase: ./run.sh pre", Refused: false));
        }

        var decision = speaking.Select(phase => phase.Decision).Append(whole.Count > 0 ? Decision.Undecided : Decision.Go).MaxBy(Badness);
        var used = phases.SelectMany(phase => phase.Waivers.Used).Distinct().ToList();
        return new()
        {
            Decision = decision,
            Partial = phases.Any(phase => phase.Partial),
            Headline = Summary.Headline(decision, phases),
            Reason = Summary.Reason(decision, speaking, whole),
            Identity = identity.With(phases),
            Phases = phases,
            Problems = [.. phases.SelectMany(phase => phase.Problems), .. whole],
            Notes = [.. phases.SelectMany(phase => phase.Notes)],
            NotProven = [.. phases.SelectMany(phase => phase.NotProven).Distinct()],
            Waivers = new(
                used,
                [.. phases.SelectMany(phase => phase.Waivers.Expired).Distinct()],
                [.. phases.SelectMany(phase => phase.Waivers.Unused).Distinct().Except(used)]),
        };
    }

    /// <summary>GO, UNDECIDED, NO-GO: the worst wins.</summary>
    internal static int Badness(Decision decision) => decision switch
    {
        Decision.Go => 0,
        Decision.Undecided => 1,
        _ => 2,
    };
}

/// <summary>Whether the phases of one upgrade are about one upgrade.</summary>
internal static class Consistency
{
    /// <summary>Objections; each makes it UNDECIDED at best.</summary>
    public static List<EvidenceProblem> Problems(IReadOnlyList<PhaseVerdict> phases)
    {
        var problems = new List<EvidenceProblem>();
        var runs = phases.Where(phase => phase.Run is not null).Select(phase => (phase.Phase, Run: phase.Run!)).ToList();
        Differ("The phases were about different targets.", "one target", runs.Select(run => (run.Phase, run.Run.Target)));
        Differ("The phases were judged by different tools.", "one tool", runs.Select(run => (run.Phase, run.Run.Tool)));
        Differ("The phases used different catalogs.", "one catalog", runs.Select(run => (run.Phase, run.Run.CatalogDate)));
        Differ(
            "Some phases asked a demonstration and some a real system.",
            "one ground",
            runs.Select(run => (run.Phase, run.Run.Demonstration ? "demonstration" : "real system")));

        // In a demonstration a development server of its own answers Smoke, so ids may differ there and there only.
        Differ(
            "The phases were about different clusters.",
            "one cluster",
            runs.Where(run => !run.Run.Demonstration && run.Run.Cluster is not null).Select(run => (run.Phase, run.Run.Cluster!)));

        foreach (var phase in phases.GroupBy(phase => phase.Phase, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            problems.Add(new(null, "A phase was judged more than once.", "each phase once", phase.Key, "this command", "Judge one run of each phase.", Refused: false));
        }

        return problems;

        void Differ(string sentence, string wanted, IEnumerable<(string Phase, string Value)> values)
        {
            var list = values.ToList();
            if (list.Select(value => value.Value).Distinct(StringComparer.Ordinal).Count() > 1)
            {
                problems.Add(new(
                    null,
                    sentence,
                    wanted,
                    string.Join("; ", list.Select(value => $"{value.Phase}: {value.Value}")),
                    string.Join(", ", list.Select(value => $"{value.Phase}.run.json")),
                    "Run all phases again with the same settings.",
                    Refused: false));
            }
        }
    }
}
