using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class HelmReleaseTests
{
    private const string Release =
        """
        {"name":"temporal","namespace":"temporal-backend","version":3,"manifest":"kind: ConfigMap",
         "info":{"status":"deployed","description":"Upgrade complete","last_deployed":"2026-11-23T03:38:49.437559454Z"},
         "chart":{"metadata":{"name":"temporal","version":"0.72.0","appVersion":"1.29.1","dependencies":[{"name":"cassandra","version":"0.14.3","condition":"cassandra.enabled"}]},
                  "values":{"server":{"replicaCount":1,"config":{"numHistoryShards":512}},"cassandra":{"enabled":true}}},
         "config":{"server":{"replicaCount":3},"cassandra":{"enabled":false}},
         "hooks":[{"name":"temporal","kind":"ServiceAccount","path":"p","manifest":"m","events":["pre-install","pre-upgrade"]}]}
        """;

    [Fact]
    public void A_release_is_read_from_its_secret()
    {
        var release = HelmRelease.Read(Payload(Encoding.UTF8.GetBytes(Release)), "secret");

        (release.Name, release.Namespace, release.Revision, release.Status).ShouldBe(("temporal", "temporal-backend", 3, "deployed"));
        release.Chart.ShouldSatisfyAllConditions(
            chart => chart.Version.ShouldBe("0.72.0"),
            chart => chart.Dependencies.ShouldHaveSingleItem().Condition.ShouldBe("cassandra.enabled"));
        release.Values.NumberAt("server.replicaCount").ShouldBe(3);
        release.ComputedValues.NumberAt("server.config.numHistoryShards").ShouldBe(512);
        release.ComputedValues.FlagAt("cassandra.enabled").ShouldBe(false);
        release.Hooks.ShouldHaveSingleItem().Events.ShouldContain("pre-upgrade");
        release.LastDeployed!.Value.Year.ShouldBe(2026);
    }

    [Theory]
    [InlineData("no base64 at all!")]
    [InlineData("aGVsbG8=")]
    [InlineData("")]
    public void Something_else_is_no_release(string payload) =>
        Should.Throw<UnreadableException>(() => HelmRelease.Read(payload, "secret"));

    [Fact]
    public void A_payload_that_was_cut_off_or_has_other_JSON_is_refused()
    {
        var whole = Gzip(Encoding.UTF8.GetBytes(Release));
        Should.Throw<UnreadableException>(() => HelmRelease.Read(Wrap(whole[..(whole.Length / 2)]), "secret"));
        Should.Throw<UnreadableException>(() => HelmRelease.Read(Payload("{\"name\":1}"u8.ToArray()), "secret")).Message.ShouldContain("no JSON of a Helm release");
    }

    [Fact]
    public void A_bomb_is_a_message_and_no_memory() =>
        Should.Throw<UnreadableException>(() => HelmRelease.Read(Payload(new byte[HelmRelease.LargestPayload + 1]), "secret")).Message.ShouldContain("64 MiB");

    [Fact]
    public void A_null_deletes_and_a_map_is_merged_as_helm_does()
    {
        var chart = Yaml("a: {x: 1, y: 2, z: {q: 1}}\nb: 1\nc: {d: 1}\ne: [1, 2]\n");
        var user = Yaml("a: {x: null, y: 3, z: {r: 2}}\nb: null\nc: 5\ne: [3]\nf: null\n");

        var merged = HelmValues.Coalesce(chart, user);

        merged.Means(Yaml("a: {y: 3, z: {q: 1, r: 2}}\nc: 5\ne: [3]\nf: null\n")).ShouldBeTrue(merged.ToYaml());
    }

    [Fact]
    public void Of_several_files_the_last_wins()
    {
        var merged = HelmValues.Merge(Yaml("a: {x: 1, y: 1}\nb: 1\n"), Yaml("a: {y: 2}\nb: null\n"), Yaml("a: {z: 3}\n"));

        merged.Means(Yaml("a: {x: 1, y: 2, z: 3}\nb: null\n")).ShouldBeTrue(merged.ToYaml());
        HelmValues.Merge().Members.ShouldBeEmpty();
    }

    [Fact]
    public void Histories_are_read_from_JSON()
    {
        var history = HelmTexts.ReadHistory(
            """[{"revision":2,"updated":"2026-11-23T03:38:21Z","status":"pending-upgrade","chart":"temporal-1.0.0-rc.1","app_version":"1.29.1","description":"Preparing upgrade"},{"revision":1,"updated":"x","status":"superseded","chart":"temporal-0.63.0","app_version":"1.27.2","description":"Install complete"}]""",
            "history.json");

        history.Select(entry => entry.Revision).ShouldBe([1, 2]);
        (history[1].Chart, history[1].ChartVersion, history[1].IsPending).ShouldBe(("temporal", "1.0.0-rc.1", true));
        Should.Throw<UnreadableException>(() => HelmTexts.ReadHistory("REVISION\tUPDATED", "history.txt")).Message.ShouldContain("-o json");
    }

    [Fact]
    public void The_heading_of_helm_get_values_is_no_value()
    {
        var values = HelmTexts.ReadValues("USER-SUPPLIED VALUES:\nserver:\n  replicaCount: 2\n", "v.yaml");

        values.Members.ShouldHaveSingleItem().Key.ShouldBe("server");
        values.At("server.replicaCount")!.Line.ShouldBe(3);
        HelmTexts.ReadValues("USER-SUPPLIED VALUES:\nnull\n", "v.yaml").Members.ShouldBeEmpty();
        Should.Throw<UnreadableException>(() => HelmTexts.ReadValues("- a\n", "v.yaml"));
    }

    [Fact]
    public void A_charts_archive_says_what_it_is()
    {
        var archive = ChartArchive.Read(
            Tgz(("temporal/Chart.yaml", "name: temporal\nversion: 0.72.0\nappVersion: 1.29.1\n"), ("temporal/values.yaml", "server: {replicaCount: 1}\n"),
                ("temporal/templates/server-job.yaml", "x"), ("temporal/charts/cassandra/Chart.yaml", "name: cassandra\nversion: 0.14.3\n")), "temporal-0.72.0.tgz");

        (archive.Metadata.Name, archive.Metadata.Version, archive.Metadata.AppVersion).ShouldBe(("temporal", "0.72.0", "1.29.1"));
        archive.Values.NumberAt("server.replicaCount").ShouldBe(1);
        archive.Templates.ShouldBe(["templates/server-job.yaml"]);
        Should.Throw<UnreadableException>(() => ChartArchive.Read(Tgz(("a/b.txt", "x")), "a.tgz")).Message.ShouldContain("Chart.yaml");
        Should.Throw<UnreadableException>(() => ChartArchive.Read("PK"u8.ToArray(), "a.zip"));
    }

    [Theory]
    [InlineData("before", 1, "0.63.0")]
    [InlineData("after", 3, "0.72.0")]
    public void Recorded_secrets_decode_to_the_recorded_releases(string moment, int revision, string chart)
    {
        using var secrets = JsonDocument.Parse(FormatFiles.Recorded("kubernetes", moment, "secrets.json"));
        var payload = secrets.RootElement.GetProperty("items").EnumerateArray()
            .Single(one => one.GetProperty("metadata").GetProperty("name").GetString() == $"sh.helm.release.v1.temporal.v{revision}").GetProperty("data").GetProperty("release").GetString()!;

        var release = HelmRelease.Read(payload, "secret");

        release.ShouldSatisfyAllConditions(
            one => one.Revision.ShouldBe(revision), one => one.Chart.Version.ShouldBe(chart), one => one.Status.ShouldBe("deployed"),
            one => KubernetesObject.ReadAll(one.Manifest, "manifest").Count.ShouldBeGreaterThan(15));
        var decoded = HelmRelease.ReadJson(Encoding.UTF8.GetBytes(FormatFiles.Recorded("kubernetes", moment, $"helm-release-v{revision}.decoded.json")), "json");
        release.ComputedValues.Means(decoded.ComputedValues).ShouldBeTrue();
    }

    [Fact]
    public void Computed_values_are_those_that_helm_prints()
    {
        var release = HelmRelease.ReadJson(Encoding.UTF8.GetBytes(FormatFiles.Recorded("kubernetes", "before", "helm-release-v1.decoded.json")), "json");
        var printed = HelmTexts.ReadValues(FormatFiles.Printed("kubernetes", "helm-cli", "02-get-values-all.txt"), "all");

        release.ComputedValues.Means(printed).ShouldBeTrue(string.Join('\n', Drift.Values(printed, release.ComputedValues)));
        release.Values.Means(HelmTexts.ReadValues(FormatFiles.Printed("kubernetes", "helm-cli", "02-get-values.txt"), "given")).ShouldBeTrue();
        HelmTexts.ReadHistory(FormatFiles.Printed("kubernetes", "helm-cli", "05-history-json.txt"), "h").Select(one => one.ChartVersion).ShouldBe(["0.63.0", "0.67.0", "0.72.0"]);
    }

    private static YamlNode Yaml(string text) => YamlReader.Read(text, YamlDialect.Helm, "f");

    private static string Payload(byte[] json) => Wrap(Gzip(json));

    private static string Wrap(byte[] bytes) => Convert.ToBase64String(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Tgz(params (string Name, string Text)[] files)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            foreach (var (name, text) in files)
            {
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
            }
        }

        return Gzip(tar.ToArray());
    }
}
