using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class DynamicJudgementTests
{
    private static readonly DynamicConfigKeys Old = DynamicConfigKeys.For(ServerVersion.Parse("1.27.2"))!;
    private static readonly DynamicConfigKeys Target = DynamicConfigKeys.For(ServerVersion.Parse("1.29.1"))!;

    [Fact]
    public void A_healthy_file_has_nothing_but_changed_defaults()
    {
        var configuration = DynamicConfiguration.In(FormatFiles.Render("rendered-0.72.0.yaml")).ShouldHaveSingleItem().Configuration;

        configuration.Entries.Count.ShouldBe(4);
        DynamicJudgement.ValuesTyped(configuration, Target).ShouldBeEmpty();
        DynamicJudgement.KeysRegistered(configuration, Target).ShouldBeEmpty();
        DynamicJudgement.NoRemovedKeys(configuration, Old, Target).ShouldBeEmpty();
        DynamicJudgement.FairnessOffDuringWindow(configuration, Target).ShouldBeEmpty();
        DynamicConfiguration.OfValues(FormatFiles.Values("values-0.x.yaml")).Entries.Select(entry => entry.Name).ShouldBe(configuration.Entries.Select(entry => entry.Name));
    }

    [Fact]
    public void Changed_defaults_come_with_the_snippet_that_holds_the_old_one()
    {
        var findings = DynamicJudgement.ChangedDefaultsAcknowledged(Read(""), Old, Target);

        findings.Select(one => one.Path).ShouldContain("history.numParentClosePolicySystemWorkflows");
        findings.Count.ShouldBeInRange(12, 16);
        var eager = findings.Single(one => one.Path == "system.enableEagerWorkflowStart");
        eager.Sentence.ShouldBe("The default is false in 1.27.2 and true in 1.29.1.");
        eager.WriteThis.ShouldBe("system.enableEagerWorkflowStart:\n  - value: false\n    constraints: {}");
        findings.Single(one => one.Path == "worker.schedulerLocalActivitySleepLimit").WriteThis!.ShouldContain("value: 1s");
        findings.Single(one => one.Path == "system.nexusHTTPTraceConfig").WriteThis!.ShouldContain("Go expression");
        findings.ShouldAllBe(one => DynamicJudgement.ValuesTyped(Read(one.WriteThis!), Target).Count == 0 || one.WriteThis!.Contains('…'));
    }

    [Fact]
    public void A_default_is_acknowledged_by_a_value_for_all_or_by_name()
    {
        Paths(DynamicJudgement.ChangedDefaultsAcknowledged(Read("system.enableeagerWorkflowStart: [{value: true}]"), Old, Target)).ShouldNotContain("system.enableEagerWorkflowStart");
        Paths(DynamicJudgement.ChangedDefaultsAcknowledged(Read("system.enableEagerWorkflowStart: [{value: true, constraints: {namespace: a}}]"), Old, Target)).ShouldContain("system.enableEagerWorkflowStart");
        Paths(DynamicJudgement.ChangedDefaultsAcknowledged(Read(""), Old, Target, ["SYSTEM.enableEagerWorkflowStart"])).ShouldNotContain("system.enableEagerWorkflowStart");
        DynamicJudgement.ChangedDefaultsAcknowledged(Read(""), Target, Target).ShouldBeEmpty();
    }

    [Fact]
    public void Removed_and_renamed_keys_are_named_with_what_stands_for_them()
    {
        var findings = DynamicJudgement.NoRemovedKeys(
            Read("component.scheduler.serviceCallTimeout:\n  - value: 3s\n    constraints: {namespace: a}\nhistory.cacheMaxSize: [{value: 5}]\nsystem.shardRPSWarnLimit: [{value: 5}]\nfrontend.rps: [{value: 5}]\n"), Old, Target);

        Paths(findings).ShouldBe(["component.scheduler.serviceCallTimeout", "history.cacheMaxSize", "system.shardRPSWarnLimit"]);
        findings[0].WriteThis.ShouldBe("chasm.scheduler.serviceCallTimeout:\n  - value: 3s\n    constraints:\n      namespace: a");
        findings[1].Sentence.ShouldContain("history.hostLevelCacheMaxSize limits the same thing since 1.29.0");
        findings[2].ShouldSatisfyAllConditions(one => one.Line.ShouldBe(5), one => one.WriteThis.ShouldBe("Remove it."));
    }

    [Theory]
    [InlineData("system.enableEagerWorkflowStrat", "system.enableEagerWorkflowStart, if that is what is meant")]
    [InlineData("frontend.nothingOfTheKind.atAll.everSeen", null)]
    public void Keys_that_nobody_has_are_named(string key, string? write) =>
        DynamicJudgement.KeysRegistered(Read($"{key}: [{{value: true}}]"), Target).ShouldHaveSingleItem().WriteThis.ShouldBe(write);

    [Fact]
    public void A_key_of_a_later_release_is_not_there_yet() =>
        DynamicJudgement.KeysRegistered(Read("activity.enableStandalone: [{value: true}]"), Target).ShouldHaveSingleItem().Sentence.ShouldContain("not have this key yet");

    [Theory]
    [InlineData("frontend.rps: [{value: 10}]", null)]
    [InlineData("FRONTEND.RPS: [{value: 10}]", null)]
    [InlineData("frontend.rps: [{value: '10'}]", "a whole number without quotes")]
    [InlineData("frontend.rps: [{value: 10.5}]", "a whole number without quotes")]
    [InlineData("frontend.rps: [{values: 10}]", "there is no value")]
    [InlineData("system.enableEagerWorkflowStart: [{value: yes}]", "to the server this word is a text")]
    [InlineData("system.enableEagerWorkflowStart: [{value: 'True'}]", null)]
    [InlineData("system.enableEagerWorkflowStart: [{value: 1}]", "true or false")]
    [InlineData("worker.schedulerLocalActivitySleepLimit: [{value: 5}]", null)]
    [InlineData("worker.schedulerLocalActivitySleepLimit: [{value: 1d12h}]", null)]
    [InlineData("worker.schedulerLocalActivitySleepLimit: [{value: 5 s}]", "a duration such as 10s")]
    [InlineData("system.shardRPSWarnLimit: [{value: x}]", null)]
    [InlineData("frontend.rps: [{value: 1, constraints: {namespace: a}}]", "can't be narrowed by namespace")]
    [InlineData("frontend.namespaceRPS: [{value: 1, constraints: {namespace: a}}]", null)]
    [InlineData("frontend.namespaceRPS: [{value: 1, constraints: {taskQueueName: a}}]", "never chosen")]
    [InlineData("frontend.namespaceRPS: [{value: 1, constraints: {namespaces: a}}]", "knows no constraint namespaces; namespace may be meant")]
    [InlineData("frontend.namespaceRPS: [{value: 1, constraints: {namespace: 5}}]", "wants a text")]
    [InlineData("matching.numTaskqueueReadPartitions: [{value: 1, constraints: {taskQueueName: a, taskType: Workflow}}]", null)]
    [InlineData("matching.numTaskqueueReadPartitions: [{value: 1, constraints: {taskType: Sometimes}}]", "taskType wants")]
    [InlineData("frontend.rps: 10", "has no list of values")]
    [InlineData("frontend.rps: [10]", "is no map")]
    [InlineData("- frontend.rps", "no map of keys")]
    [InlineData("frontend.rps: [{value: 1}]\nfrontend.rps: [{value: 2}]", "stands twice")]
    [InlineData("frontend.rps: [{value: 1}]\nfrontend.RPS: [{value: 2}]", "which one counts is chance")]
    [InlineData("a: [", "no YAML")]
    [InlineData("", null)]
    public void Values_are_read_as_the_server_reads_them(string text, string? sentence)
    {
        var findings = DynamicJudgement.ValuesTyped(Read(text), Target);
        if (sentence is null)
        {
            findings.ShouldBeEmpty();
        }
        else
        {
            findings.ShouldContain(one => one.Sentence.Contains(sentence, StringComparison.Ordinal), string.Join('\n', findings));
            findings.ShouldAllBe(one => one.Line > 0 && one.CheckId == "dynamic/values-typed");
        }
    }

    [Theory]
    [InlineData("matching.enableFairness: [{value: true}]", 1)]
    [InlineData("matching.enableFairness: [{value: false}, {value: true, constraints: {namespace: a}}]", 1)]
    [InlineData("matching.useNewMatcher: [{value: 'true'}]", 1)]
    [InlineData("matching.enableFairness: [{value: false}]", 0)]
    [InlineData("frontend.rps: [{value: 1}]", 0)]
    public void Fairness_stays_off_during_the_window(string text, int findings) =>
        DynamicJudgement.FairnessOffDuringWindow(Read(text), Target).Count.ShouldBe(findings);

    private static DynamicConfiguration Read(string text) => DynamicConfiguration.Read(text, "dynamic_config.yaml");

    private static IEnumerable<string> Paths(IEnumerable<Finding> findings) => findings.Select(one => one.Path);
}
