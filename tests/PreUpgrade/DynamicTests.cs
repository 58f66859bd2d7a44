using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>dynamic: whether the dynamic configuration means to the target what it meant to the release that runs.</summary>
public sealed class DynamicTests(UpgradeUnderTest upgrade)
{
    [Check("dynamic/no-removed-keys", Severity.Advisory, Needs = Systems.Helm,
        Remedy = "Write the key's successor, or remove the key.")]
    public Task Target_still_has_every_key_of_the_dynamic_configuration() => upgrade.Ask(async token =>
    {
        var configurations = (await upgrade.Helm(token)).Dynamic;
        var from = Keys((await upgrade.From(token)).Candidates[^1].Version);
        Judge(configurations, one => DynamicJudgement.NoRemovedKeys(one, from, Target), $"{upgrade.To.Version} no longer has keys of the dynamic configuration.", $"keys that {upgrade.To.Version} reads");
    });

    [Check("dynamic/keys-registered", Severity.Advisory, Needs = Systems.Helm,
        Remedy = "Correct the key's spelling; a server warns in its log and goes on without it.")]
    public Task Every_key_of_the_dynamic_configuration_is_known() => upgrade.Ask(async token =>
        Judge((await upgrade.Helm(token)).Dynamic, one => DynamicJudgement.KeysRegistered(one, Target), $"{upgrade.To.Version} does not know keys of the dynamic configuration.", $"keys that {upgrade.To.Version} reads"));

    [Check("dynamic/values-typed", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Correct the value; a server does not start with a file that it cannot read, and ignores a value of the wrong type.")]
    public Task Target_can_read_every_value_of_the_dynamic_configuration() => upgrade.Ask(async token =>
        Judge((await upgrade.Helm(token)).Dynamic, one => DynamicJudgement.ValuesTyped(one, Target), $"{upgrade.To.Version} cannot use values of the dynamic configuration.", "a list of values for each key, each of the key's type"));

    [Check("dynamic/changed-defaults-acknowledged", Severity.Advisory, Needs = Systems.Helm,
        Remedy = "Pin the old value, or accept the new one by naming its key in dynamic.acknowledged.")]
    public Task Every_changed_default_is_pinned_or_accepted() => upgrade.Ask(async token =>
    {
        var configurations = (await upgrade.Helm(token)).Dynamic;
        (await upgrade.From(token)).Agree(from =>
        {
            var before = Keys(from.Version);
            var findings = configurations.SelectMany(one => DynamicJudgement.ChangedDefaultsAcknowledged(one, before, Target, upgrade.AcknowledgedDefaults)).ToList();
            return findings.Count == 0 ? null : new Violated($"{findings.Count} defaults of the dynamic configuration change, and nothing pins or accepts them.")
            {
                Wanted = "a value that holds everywhere, or the key in dynamic.acknowledged",
                Observed = string.Join('\n', findings.Select(one => $"{one.Path}: {one.Sentence}")),
                Where = string.Join(", ", configurations.Select(one => one.File).Distinct()),
                Remedy = $"To pin the old values, write\n{string.Join('\n', findings.Select(one => one.WriteThis).OfType<string>().Distinct())}\nTo accept a new one, name its key in dynamic.acknowledged.",
            };
        });
    });

    [Check("dynamic/fairness-off-during-window", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Leave the fair matcher off until there is no way back any more.")]
    public Task Fair_matcher_is_off_while_both_releases_run() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        Judge([.. plan.Dynamic, .. plan.Installed?.Dynamic ?? []], one => DynamicJudgement.FairnessOffDuringWindow(one, Target), "The fair matcher is on while servers of both releases run.", "matching.enableFairness, matching.useNewMatcher and matching.autoEnableV2 off");
    });

    private DynamicConfigKeys Target => Keys(upgrade.To.Version);

    private static DynamicConfigKeys Keys(ServerVersion release) => DynamicConfigKeys.For(release)
        ?? throw new Unanswered($"The keys of the dynamic configuration of {release.Line} are not known.")
        {
            Wanted = $"a release of {string.Join(", ", DynamicConfigKeys.Read.Select(read => read.Line).Distinct())}, whose sources were read",
            Observed = release.ToString(),
            Remedy = "Compare the keys with the release's own list by hand (common/dynamicconfig/constants.go at its tag), or use a version of this suite that knows them.",
        };

    /// <summary>What cannot be read is no offence against what should stand in it, and no proof either.</summary>
    private void Judge(IReadOnlyList<DynamicConfiguration> configurations, Func<DynamicConfiguration, IReadOnlyList<Finding>> judgement, string sentence, string wanted)
    {
        upgrade.Judge([.. configurations.SelectMany(judgement)], sentence, wanted, slightAlone: true);
        if (configurations.SelectMany(one => one.Errors).ToList() is [var first, ..] errors)
        {
            throw new Unanswered("Parts of the dynamic configuration cannot be read, and the rest is not all of it.")
            {
                Wanted = "a file that the server reads",
                Observed = string.Join('\n', errors.Select(error => error.Message)),
                Where = first.File,
                Cause = "dynamic/values-typed",
            };
        }
    }
}
