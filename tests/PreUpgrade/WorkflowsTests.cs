using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class WorkflowsTests
{
    /// <summary>What may start and close while the pages of a list are read.</summary>
    private const long InFlight = 10;

    private static readonly Dictionary<string, (long Listed, long Moved)> s_nothing = [];

    [Check("workflows/baseline-captured", Severity.Blocker, Needs = Systems.Temporal, LimitSeconds = 600,
        Remedy = "Without this list nobody can say after the upgrade whether a workflow was lost. Mend what is named here, then ask again with --new-baseline.")]
    public Task Baseline_lists_every_running_workflow_and_keeps_histories_of_a_sample() => upgrade.Ask(async token =>
    {
        const string NewOne = "Before the upgrade: ./run.sh pre --new-baseline.";
        if (await upgrade.KeptBaseline(token) is { } kept)
        {
            var identity = await upgrade.IdentityOfFrontends();
            if (identity.Clusters.All(now => kept.Identity.Clusters.All(cluster => cluster.Id != now.Id)))
            {
                throw new Violated("The baseline that is there is of another cluster.") { Wanted = identity.ToString(), Observed = kept.Identity.ToString(), Remedy = "Give --new-baseline, or another baseline.path." };
            }

            _ = kept.Workflows ?? throw new Violated("The baseline that is kept has no running workflows.") { Observed = $"taken {kept.Taken:u} without them", Remedy = NewOne };
            await JudgeAsync(await upgrade.WorkflowsBefore(kept, token), s_nothing, token);
            return;
        }

        var running = await upgrade.From(token);
        if (running.Candidates.All(release => release.Version >= upgrade.To.Version))
        {
            throw new NotApplicable($"{running.Text} runs already, so there is no before to take down.");
        }

        var captured = await upgrade.CaptureWorkflows(token);
        await JudgeAsync(captured, await StoredAsync(token), token);
        var note = await upgrade.TakeBaseline(token);
        if (note.StartsWith("not written", StringComparison.Ordinal))
        {
            throw new Unanswered("The running workflows were listed, and the baseline was not written.") { Observed = note };
        }
    });

    private async Task JudgeAsync(WorkflowsBaseline captured, IReadOnlyDictionary<string, (long Listed, long Moved)> stored, CancellationToken token)
    {
        var offences = new List<string>();
        foreach (var section in captured.Namespaces)
        {
            // What lies beyond the limit of the settings is counted only, which the report says; this is about what should have been listed.
            var absent = section.Beyond > 0 ? 0 : section.Running - section.Listed;
            if (absent > InFlight + (section.Running / 100))
            {
                offences.Add($"{section.Name}: {Sizes.Count(section.Running)} running are counted, {Sizes.Count(section.Listed)} listed");
            }

            if (section.Missing > 0)
            {
                offences.Add($"{section.Name}: {section.Missing} that are listed as running do not exist in the main store");
            }

            if (stored.TryGetValue(section.Id, out var store) && Math.Abs(store.Listed - section.Running) > InFlight + store.Moved + (section.Running / 100))
            {
                offences.Add($"{section.Name}: {Sizes.Count(section.Running)} running by the frontend, {Sizes.Count(store.Listed)} by the visibility database");
            }
        }

        if (offences.Count > 0)
        {
            throw new Violated("The list of running workflows is not whole.")
            {
                Wanted = "every execution that counts as running listed by its ids, and known to the main store",
                Observed = string.Join('\n', offences),
            };
        }

        if (captured.Namespaces.All(section => section.Listed == 0) && !await upgrade.ShowsAnyExecution(token))
        {
            throw new Unanswered("Visibility shows no execution at all, running or closed, which a list that is broken would show too.")
            {
                Wanted = "some execution, if only one of Temporal's own",
                Observed = $"none in {string.Join(", ", captured.Namespaces.Select(section => section.Name))} and temporal-system",
                Remedy = "If workflows have run here, look at visibility's store. If none ever have, leave the subject out with scope.skip=workflows.",
            };
        }
    }

    /// <summary>What the visibility database counts, by namespace id; empty where it is not connected or does not say.</summary>
    private async Task<IReadOnlyDictionary<string, (long Listed, long Moved)>> StoredAsync(CancellationToken token)
    {
        if (!upgrade.HasDatabases || upgrade.VisibilityKind != "postgresql")
        {
            return s_nothing;
        }

        var reading = await upgrade.Reading(Store.Visibility, token);
        return reading.Open.ValueOrDefault is not { } open ? s_nothing : open.Moved.ToDictionary(
            moved => moved.Key,
            moved => (open.Open.Where(row => row.NamespaceId == moved.Key && row.Status == 1).Sum(row => row.Listed), moved.Value));
    }
}
