using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

public sealed class GateFilesTests
{
    [Fact]
    public void The_roll_survives_its_own_json()
    {
        var json = Sample.Roll.ToJson();
        CheckRoll.Parse(json).ToJson().ShouldBe(json);
        CheckRoll.Parse(json).Of(Phases.PostUpgrade).Select(check => check.Id).ShouldBe([Sample.Reachable, Sample.Version]);
        json.ShouldStartWith("""
            {
              "schema": 1,
              "checks": [
                {
                  "id": "path/target-known",
                  "phases": [
                    "PreUpgrade"
                  ],
                  "severity": "blocker",
                  "sentence": "The sentence of path/target-known",
                  "remedy": "Mend path/target-known.",
                  "link": "docs/checks.md#path/target-known",
                  "needs": null
                },
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_embedded_roll_can_be_read() => CheckRoll.Embedded().Checks.ShouldNotBeNull();

    [Theory]
    [InlineData("", "checks.json: wanted the roll of checks; observed an empty file.")]
    [InlineData("[]", "checks.json:1:2: wanted the roll of checks; observed ")]
    [InlineData("""{ "schema": 2, "checks": [] }""", "checks.json: wanted schema 1; observed schema 2.")]
    [InlineData("""{ "schema": 1 }""", "checks.json:1:16: wanted the roll of checks; observed ")]
    public void A_roll_that_is_none_is_refused(string json, string message) =>
        Should.Throw<GateInputException>(() => CheckRoll.Parse(json)).Message.ShouldStartWith(message);

    [Fact]
    public void A_roll_refuses_ids_twice_ids_without_subject_and_unknown_phases()
    {
        var check = Sample.Roll.Checks[0];
        Message(check, check).ShouldBe("checks.json: wanted each id once; observed path/target-known twice.");
        Message(check with { Id = "target-known" }).ShouldBe("checks.json: wanted ids of the form subject/name; observed \"target-known\".");
        Message(check with { Phases = ["Pre"] }).ShouldBe(
            "checks.json: wanted one or more phases out of Rehearsal, PreUpgrade, Around, PostUpgrade, Smoke; observed [Pre] for path/target-known.");

        static string Message(params CheckEntry[] checks) => Should.Throw<GateInputException>(() => new CheckRoll(checks)).Message;
    }

    [Fact]
    public void A_run_record_survives_its_own_json()
    {
        var run = Sample.Run() with { NotProven = [new("x", "y", null)], Trouble = ["z"], Baseline = "written", Finished = null };
        RunRecord.Parse(run.ToJson()).ToJson().ShouldBe(run.ToJson());
        run.ToJson().ShouldContain("\"severities\": {\n    \"path/target-known\": \"blocker\",");
    }

    [Fact]
    public void A_run_record_with_an_unknown_word_names_its_place()
    {
        var json = Sample.Run().ToJson().Replace("\"schema/history-chain\": \"advisory\"", "\"schema/history-chain\": \"Advisory\"", StringComparison.Ordinal);
        var e = Should.Throw<GateInputException>(() => RunRecord.Parse(json, "PreUpgrade.run.json"));
        e.Line.ShouldBe(33);
        e.Message.ShouldContain("wanted one of blocker, advisory; observed \"Advisory\"");
    }

    [Fact]
    public void A_run_record_that_lacks_or_repeats_a_field_is_refused()
    {
        var json = Sample.Run().ToJson();
        Should.Throw<GateInputException>(() => RunRecord.Parse(json.Replace("\"target\"", "\"tarjet\"", StringComparison.Ordinal)));
        Should.Throw<GateInputException>(() => RunRecord.Parse(json.Replace("\"target\": \"1.29.1\"", "\"target\": null", StringComparison.Ordinal)));
        Should.Throw<GateInputException>(() => RunRecord.Parse(json.Replace("\"target\"", "\"phase\": \"Smoke\",\n  \"target\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Answers_are_appended_a_line_each_and_read_again()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("gate-").FullName, "PreUpgrade.events.jsonl");
        AnswerEvent[] answers = [Sample.Event(Sample.Version, Result.Violated, "Two\nlines ≥ one.") with { Wanted = "a", Cause = "b" }, Sample.Event(Sample.Reachable, Result.Met)];
        Parallel.ForEach(Enumerable.Range(0, 50), i => EventLog.Append(file, answers[i % 2]));

        var reading = EventLog.Read(File.ReadAllText(file));
        reading.Problems.ShouldBeEmpty();
        reading.Events.Count.ShouldBe(50);
        reading.Events.Distinct().ShouldBe(answers, ignoreOrder: true);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    [Fact]
    public void A_line_cut_short_is_reported_with_its_number_and_the_others_count()
    {
        var log = Sample.Log(Sample.Event(Sample.Version, Result.Met), Sample.Event(Sample.Reachable, Result.Met));
        var reading = EventLog.Read(log[..^20], "PreUpgrade.events.jsonl");
        reading.Events.Single().Id.ShouldBe(Sample.Version);
        reading.Problems.Single().Where.ShouldStartWith("PreUpgrade.events.jsonl:2:");
    }
}
