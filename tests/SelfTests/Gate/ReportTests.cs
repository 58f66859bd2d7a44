using System.Text.Json;
using System.Xml.Linq;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>The reports, as approved texts: a pipeline or a reader relies on every word.</summary>
public sealed class ReportTests
{
    /// <summary>One of everything that a report shows.</summary>
    private static readonly Verdict Full = Judge.Worst(
        [
            Judge.Phase(
                Sample.Evidence(
                    Sample.Trx(
                        Row.Violated(Sample.Version, "[violated] The main store is at 1.18 | but `tasks_v2` is missing.\nwanted: every table of main 1.18\nobserved: 36 tables of 37\n  missing: tasks_v2\nwhere: temporal@db:5432/temporal\ndo: Restore the <table>."),
                        Row.Unanswered(Sample.Reachable, "[unanswered] It did not answer within 5 s.\nwhere: db:5432\ncause: path/target-known"),
                        Row.Skipped(Sample.History, "[violated] The chain has a gap.\nobserved: 1.14 is missing"),
                        Row.Skipped(Sample.PathKnown, "[unanswered] The catalog was not read.")),
                    Sample.Run() with
                    {
                        NotProven = [new("the chart", "only releases and databases are judged", null)],
                        Trouble = ["The baseline was not written."],
                    },
                    exitCode: 2),
                Sample.Roll,
                [Sample.Waive(Sample.PathKnown, "unanswered"), Sample.Waive(Sample.History, "violated") with { Until = new DateOnly(2026, 1, 1) }],
                Sample.Expect),
        ],
        Sample.Identity);

    private static readonly Verdict Good = Judge.Worst([Sample.Judged(Sample.Evidence(Sample.Trx()))], Sample.Identity);

    [Fact]
    public void Markdown_of_a_NO_GO_reads_as_approved() => Reports.Markdown(Full).ShouldBe("""
        # NO-GO

        1 blocker is violated: schema/main-version.

        ## Violated blockers

        ### schema/main-version: The main store is at 1.18 \| but \`tasks_v2\` is missing.

        - **wanted:** every table of main 1.18
        - **observed:**
          ```text
          36 tables of 37
          missing: tasks_v2
          ```
        - **where:** temporal@db:5432/temporal
        - **do:** Restore the &lt;table&gt;.
        - **more:** docs/checks.md#schema/main-version

        ## Unanswered blockers

        ### database/reachable: It did not answer within 5 s.

        - **where:** db:5432
        - **do:** Mend database/reachable.
        - **because of:** path/target-known
        - **more:** docs/checks.md#database/reachable

        ## Waived

        ### path/target-known: The catalog was not read.

        - **covers:** unanswered
        - **reason:** Known since spring.
        - **owner:** ada
        - **until:** 2026-12-31
        - **do:** Mend path/target-known.

        ## Waivers that are over

        - schema/history-chain: ended on 2026-01-01, so it was ignored (ada: Known since spring.)

        ## Advisories

        ### schema/history-chain: The chain has a gap.

        - **observed:** 1.14 is missing
        - **do:** Mend schema/history-chain.
        - **more:** docs/checks.md#schema/history-chain

        ## Checks

        |  | violated | unanswered | waived |
        |---|---|---|---|
        | blockers | 1 | 1 | 1 |
        | advisories | 1 | 0 | 0 |

        ## Notes

        - Trouble outside the checks: The baseline was not written.

        ## Not proven

        - path/target-known: The catalog was not read. Waived by ada until 2026-12-31: Known since spring. Answered by: Mend path/target-known.
        - the chart: only releases and databases are judged.

        ## What was judged

        |  |  |
        |---|---|
        | cluster | 9f8e7d6c-0000-4000-8000-000000000001 (active) |
        | PostgreSQL system | 7300000000000000001 |
        | ground | Two databases of a real cluster. |
        | running | 1.27.3 (the schemas found) |
        | target | 1.29.1 |
        | tool | temporal-conformance 0.1.0 |
        | catalog | 2026-11-20 |
        | settings | sha256:00 |
        | asked | 2026-11-25 09:00:00 UTC to 2026-11-25 09:00:10 UTC |
        | judged | 2026-11-25 09:01:00 UTC |
        | exit code | 1 |

        The verdict of record is `verdict.json` beside this file; without one that says the same, this text proves nothing.

        """.ReplaceLineEndings("\n"));

    [Fact]
    public void What_the_upgrade_will_change_stands_in_both_reports_as_data()
    {
        var run = Sample.Run() with
        {
            Changes = [new("Job/temporal-schema-1 (migrates the databases)", "runs", ["image of update-default-store a → b"]), new("Deployment/temporal-history", "changes", ["replicas 3 → 4", "**args** `x`"]), new("Secret/old", "removed", [])],
        };
        var verdict = Judge.Worst([Sample.Judged(Sample.Evidence(Sample.Trx(), run))], Sample.Identity);

        Reports.Markdown(verdict).ShouldContain("""
            ## What the upgrade will change

            - **Job/temporal-schema-1 (migrates the databases)** runs
              - image of update-default-store a → b
            - **Deployment/temporal-history** changes
              - replicas 3 → 4
              - \*\*args\*\* \`x\`
            - **Secret/old** removed

            ## What was judged
            """.ReplaceLineEndings("\n"));
        using var json = System.Text.Json.JsonDocument.Parse(verdict.ToJson());
        json.RootElement.GetProperty("changes")[1].GetProperty("fields")[0].GetString().ShouldBe("replicas 3 → 4");
        Reports.Markdown(Judge.Worst([Sample.Judged(Sample.Evidence(Sample.Trx(), Sample.Run()))], Sample.Identity)).ShouldNotContain("will change");
    }

    [Fact]
    public void Markdown_of_several_phases_and_bad_evidence_names_the_phases()
    {
        var smoke = Judge.Phase(new(Phases.Smoke, null, null, null), Sample.Roll, [], Sample.Expect);
        var text = Reports.Markdown(Judge.Worst([.. Good.Phases, smoke], Sample.Identity));
        text.ShouldStartWith("""
            # UNDECIDED

            There is no TRX: the phase did not run, or its process died before it wrote one. There is 1 more objection to the evidence.

            | phase | verdict | why |
            |---|---|---|
            | PreUpgrade | GO | All 3 blockers that were asked are met. |
            | Smoke | UNDECIDED | There is no TRX: the phase did not run, or its process died before it wrote one. There is 1 more objection to the evidence. |

            ## Evidence

            ### Smoke: There is no TRX: the phase did not run, or its process died before it wrote one.

            - **wanted:** a TRX
            - **observed:** no such file
            - **where:** Smoke.trx
            - **do:** Run the phase again: ./run.sh smoke

            """.ReplaceLineEndings("\n"));
        text.ShouldContain("### sdk/connects (Smoke): The check was not asked.");
    }

    [Fact]
    public void The_fields_of_verdict_json_are_the_approved_ones() => Full.ToJson().ShouldBe("""
        {
          "schema": 1,
          "verdict": "NO-GO",
          "partial": false,
          "phase": "PreUpgrade",
          "target": "1.29.1",
          "running": [
            "1.27.3"
          ],
          "cluster": "9f8e7d6c-0000-4000-8000-000000000001",
          "tool": "temporal-conformance 0.1.0",
          "catalogDate": "2026-11-20",
          "headline": "NO-GO",
          "reason": "1 blocker is violated: schema/main-version.",
          "exitCode": 1,
          "runningSource": "the schemas found",
          "clusterName": "active",
          "systemIdentifier": "7300000000000000001",
          "ground": "Two databases of a real cluster.",
          "demonstration": false,
          "settingsDigest": "sha256:00",
          "started": "2026-11-25T09:00:00+00:00",
          "finished": "2026-11-25T09:00:10+00:00",
          "judged": "2026-11-25T09:01:00+00:00",
          "phases": [
            {
              "phase": "PreUpgrade",
              "verdict": "NO-GO",
              "partial": false,
              "headline": "NO-GO",
              "reason": "1 blocker is violated: schema/main-version."
            }
          ],
          "problems": [],
          "checks": [
            {
              "id": "path/target-known",
              "phase": "PreUpgrade",
              "severity": "blocker",
              "result": "waived",
              "message": "The catalog was not read.",
              "wanted": null,
              "observed": null,
              "where": null,
              "remedy": "Mend path/target-known.",
              "cause": null,
              "link": "docs/checks.md#path/target-known",
              "sentence": "The sentence of path/target-known",
              "seconds": 0.25,
              "waiver": {
                "id": "path/target-known",
                "phase": null,
                "cluster": null,
                "covers": "unanswered",
                "reason": "Known since spring.",
                "owner": "ada",
                "until": "2026-12-31"
              }
            },
            {
              "id": "database/reachable",
              "phase": "PreUpgrade",
              "severity": "blocker",
              "result": "unanswered",
              "message": "It did not answer within 5 s.",
              "wanted": null,
              "observed": null,
              "where": "db:5432",
              "remedy": "Mend database/reachable.",
              "cause": "path/target-known",
              "link": "docs/checks.md#database/reachable",
              "sentence": "The sentence of database/reachable",
              "seconds": 0.25,
              "waiver": null
            },
            {
              "id": "schema/main-version",
              "phase": "PreUpgrade",
              "severity": "blocker",
              "result": "violated",
              "message": "The main store is at 1.18 | but `tasks_v2` is missing.",
              "wanted": "every table of main 1.18",
              "observed": "36 tables of 37\nmissing: tasks_v2",
              "where": "temporal@db:5432/temporal",
              "remedy": "Restore the <table>.",
              "cause": null,
              "link": "docs/checks.md#schema/main-version",
              "sentence": "The sentence of schema/main-version",
              "seconds": 0.25,
              "waiver": null
            },
            {
              "id": "schema/history-chain",
              "phase": "PreUpgrade",
              "severity": "advisory",
              "result": "violated",
              "message": "The chain has a gap.",
              "wanted": null,
              "observed": "1.14 is missing",
              "where": null,
              "remedy": "Mend schema/history-chain.",
              "cause": null,
              "link": "docs/checks.md#schema/history-chain",
              "sentence": "The sentence of schema/history-chain",
              "seconds": 0.25,
              "waiver": null
            }
          ],
          "notProven": [
            {
              "what": "path/target-known",
              "why": "The catalog was not read. Waived by ada until 2026-12-31: Known since spring.",
              "answeredBy": "Mend path/target-known."
            },
            {
              "what": "the chart",
              "why": "only releases and databases are judged",
              "answeredBy": null
            }
          ],
          "waivers": {
            "used": [
              {
                "id": "path/target-known",
                "phase": null,
                "cluster": null,
                "covers": "unanswered",
                "reason": "Known since spring.",
                "owner": "ada",
                "until": "2026-12-31"
              }
            ],
            "expired": [
              {
                "id": "schema/history-chain",
                "phase": null,
                "cluster": null,
                "covers": "violated",
                "reason": "Known since spring.",
                "owner": "ada",
                "until": "2026-01-01"
              }
            ],
            "unused": []
          },
          "notes": [
            "Trouble outside the checks: The baseline was not written."
          ],
          "changes": []
        }

        """.ReplaceLineEndings("\n"));

    [Fact]
    public void A_run_that_is_not_finished_has_all_the_fields_of_one_that_is()
    {
        using var open = JsonDocument.Parse(Verdict.Unfinished(Sample.Identity).ToJson());
        using var done = JsonDocument.Parse(Full.ToJson());
        open.RootElement.EnumerateObject().Select(field => field.Name).ShouldBe(done.RootElement.EnumerateObject().Select(field => field.Name));
        open.RootElement.GetProperty("verdict").GetString().ShouldBe("UNDECIDED");
        open.RootElement.GetProperty("reason").GetString().ShouldBe("run not finished");
    }

    [Fact]
    public void JUnit_of_a_NO_GO_reads_as_approved() => Reports.JUnit(Full).ShouldBe("""
        <?xml version="1.0" encoding="utf-8"?>
        <testsuites name="TemporalConformance" tests="5" failures="2" errors="1" skipped="2" time="1.000">
          <testsuite name="Verdict" tests="1" failures="1" errors="0" skipped="0" time="0.000" timestamp="2026-11-25T09:01:00">
            <testcase classname="TemporalConformance" name="verdict" time="0.000">
              <failure message="NO-GO: 1 blocker is violated: schema/main-version." type="violated"></failure>
            </testcase>
          </testsuite>
          <testsuite name="PreUpgrade" tests="4" failures="1" errors="1" skipped="2" time="1.000" timestamp="2026-11-25T09:00:00">
            <testcase classname="PreUpgrade.path" name="path/target-known" time="0.250">
              <skipped message="[waived] The catalog was not read.">do: Mend path/target-known.
        more: docs/checks.md#path/target-known
        waived: unanswered, by ada until 2026-12-31: Known since spring.</skipped>
            </testcase>
            <testcase classname="PreUpgrade.database" name="database/reachable" time="0.250">
              <error message="[unanswered] It did not answer within 5 s." type="unanswered">where: db:5432
        do: Mend database/reachable.
        because of: path/target-known
        more: docs/checks.md#database/reachable</error>
            </testcase>
            <testcase classname="PreUpgrade.schema" name="schema/main-version" time="0.250">
              <failure message="[violated] The main store is at 1.18 | but `tasks_v2` is missing." type="violated">wanted: every table of main 1.18
        observed: 36 tables of 37
        missing: tasks_v2
        where: temporal@db:5432/temporal
        do: Restore the &lt;table&gt;.
        more: docs/checks.md#schema/main-version</failure>
            </testcase>
            <testcase classname="PreUpgrade.schema" name="schema/history-chain" time="0.250">
              <skipped message="[advisory, violated] The chain has a gap.">observed: 1.14 is missing
        do: Mend schema/history-chain.
        more: docs/checks.md#schema/history-chain</skipped>
            </testcase>
          </testsuite>
        </testsuites>

        """.ReplaceLineEndings("\n"));

    [Fact]
    public void JUnit_is_green_for_GO_and_for_nothing_else()
    {
        Failed(Good).ShouldBe(0);
        Failed(Verdict.Unfinished(Sample.Identity)).ShouldBe(1);
        Failed(Judge.Worst(Good.Phases, Sample.Identity, ["PreUpgrade was overridden."])).ShouldBe(1);

        static int Failed(Verdict verdict) => XDocument.Parse(Reports.JUnit(verdict)).Descendants().Count(element => element.Name.LocalName is "failure" or "error");
    }

    [Fact]
    public void JUnit_stays_well_formed_whatever_the_data()
    {
        const string Evil = "a\0b\u0001\uFFFE\uD800c ]]> <x> & \"q\"\r\nd";
        var verdict = Judge.Worst([Sample.Judged(Sample.Evidence(Sample.Trx(), log: Sample.Log(Sample.Event(Sample.Version, Result.Violated, "It is " + Evil) with { Observed = Evil })))], Sample.Identity);
        var failure = XDocument.Parse(Reports.JUnit(verdict)).Descendants("failure").Last();
        failure.Value.ShouldStartWith("observed: a\uFFFDb\uFFFD\uFFFD\uFFFDc ]]> <x> & \"q\"\nd");
    }

    [Fact]
    public void A_fence_is_longer_than_any_in_the_data()
    {
        var verdict = Judge.Worst([Sample.Judged(Sample.Evidence(Sample.Trx(Row.Violated(Sample.Version, "[violated] A.\nobserved: a\n  ````\n  # b"))))], Sample.Identity);
        Reports.Markdown(verdict).ShouldContain("  `````text\n  a\n  ````\n  # b\n  `````\n");
    }
}
