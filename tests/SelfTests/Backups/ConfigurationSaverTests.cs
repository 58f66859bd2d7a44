using System.Text;
using System.Text.Json.Nodes;
using TemporalConformance.Checks;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>What of a configuration is saved in a backup, and that no contents of a Secret are.</summary>
public sealed class ConfigurationSaverTests : IDisposable
{
    private const string Secret = "kind: Secret\nmetadata: {name: store}\nstringData:\n  password: hush\n";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_release_is_saved_without_what_may_be_contents_of_Secrets()
    {
        var release = new JsonObject
        {
            ["name"] = "temporal",
            ["version"] = 3,
            ["info"] = new JsonObject { ["status"] = "deployed", ["description"] = "Upgrade \"temporal\" failed: Secret in version v1 cannot be handled: hush", ["notes"] = "Log in with hush." },
            ["chart"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "temporal", ["version"] = "1.0.0" },
                ["values"] = new JsonObject { ["extraObjects"] = new JsonArray(JsonNode.Parse("""{"kind":"Secret","metadata":{"name":"a"},"stringData":{"p":"hush"}}""")) },
                ["templates"] = new JsonArray(File("secret.yaml", Secret), File("service.yaml", "kind: Service\n")),
                ["files"] = new JsonArray(File("hush.yaml", Secret)),
            },
            ["config"] = new JsonObject { ["replicas"] = 2, ["extra"] = new JsonArray(Secret) },
            ["manifest"] = $"---\n{Secret}---\nkind: Service\nmetadata: {{name: web}}\n",
            ["hooks"] = new JsonArray(new JsonObject { ["name"] = "job", ["manifest"] = Secret }),
        };
        var leftOut = new List<string>();

        var saved = SavedRelease.Of(Encoding.UTF8.GetBytes(release.ToJsonString()), leftOut);

        leftOut.ShouldBeEmpty();
        saved.ToJsonString().ShouldNotContain("hush\"");
        saved.ToJsonString().Replace("hush.yaml", "", StringComparison.Ordinal).ShouldNotContain("hush");
        var files = saved["chart"]!["templates"]!.AsArray().Concat(saved["chart"]!["files"]!.AsArray()).Select(file => Encoding.UTF8.GetString(Convert.FromBase64String((string)file!["data"]!))).ToList();
        files.ShouldBe(["# not saved in a backup: it may make a Secret\n", "kind: Service\n", "# not saved in a backup: it may make a Secret\n"]);
        var read = Formats.HelmRelease.ReadJson(Encoding.UTF8.GetBytes(saved.ToJsonString()), "saved");
        KubernetesObject.ReadAll(read.Manifest, "manifest").Select(one => one.Reference).ShouldBe(["Secret/store", "Service/web"]);
        read.Values.NumberAt("replicas").ShouldBe(2);
        read.Description.ShouldBe("not saved in a backup");

        static JsonNode File(string name, string text) => new JsonObject { ["name"] = $"templates/{name}", ["data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) };
    }

    [Fact]
    public void A_ConfigMap_is_saved_without_contents_of_a_Secret_that_it_makes()
    {
        var none = new Dictionary<string, string>();
        var map = new Probes.KubeConfigMap(
            new Probes.KubeMeta("config", "temporal", "1", null, null, 1, none, none, null),
            new Dictionary<string, string> { ["apply.yaml"] = Secret, ["run.sh"] = "kubectl get secret # of the Secret\n", ["config.yaml"] = "password: {{ .Env.PASSWORD }}\n" });

        var data = ConfigurationSaver.ReadConfigMaps(ConfigurationSaver.ConfigMaps([map]))["config"];

        data["apply.yaml"].ShouldContain("password: # not saved in a backup");
        data["apply.yaml"].ShouldNotContain("hush");
        data["run.sh"].ShouldBe(map.Data["run.sh"]);
        data["config.yaml"].ShouldBe(map.Data["config.yaml"]);
    }

    [Fact]
    public async Task Files_and_folders_are_saved_without_contents_of_Secrets_and_what_cannot_be_read_is_left_out()
    {
        var rendered = Write("rendered.yaml", $"kind: Service\nmetadata: {{name: web}} # as it is\n---\n{Secret}---\n{Secret} bad: [hush\n");
        var values = Write("values.yaml", "server:\n  sql:\n    password: plain\n");
        Write("own/deploy/secret.json", """{"kind":"List","items":[{"kind":"Secret","metadata":{"name":"a"},"data":{"p":"aHVzaA=="}}]}""");
        Write("own/apply.sh", $"kubectl apply -f - <<END\n{Secret}END\n");
        Write("own/README.md", "The Secret is made by hand.\n");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "own"));
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "own", "chart.tgz"), [0x1F, 0x8B, 0xFF], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "own", "old.yaml"), [0xFF, 0xFE, 0x6B, 0x00], TestContext.Current.CancellationToken);
        var settings = RunSettings.Read(null, new Dictionary<string, string>
        {
            ["helm.manifests"] = rendered,
            ["helm.values"] = values,
            ["backup.folders"] = Path.Combine(_folder.Path, "own"),
        });
        var saved = Path.Combine(_folder.Path, "saved");

        var (note, leftOut) = await ConfigurationSaver.SaveAsync(saved, settings, null, TestContext.Current.CancellationToken);

        var all = Directory.EnumerateFiles(saved, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(saved, file), File.ReadAllText);
        all.Keys.Order(StringComparer.Ordinal).ShouldBe(["files/00-values.yaml", "files/01-rendered.yaml", "folders/00-own/README.md", "folders/00-own/apply.sh", "folders/00-own/chart.tgz", "folders/00-own/deploy/secret.json"]);
        foreach (var (file, text) in all)
        {
            text.ShouldNotContain("hush", customMessage: file);
            text.ShouldNotContain("aHVzaA==", customMessage: file);
        }

        all["files/01-rendered.yaml"].ShouldContain("metadata: {name: web} # as it is");
        all["files/01-rendered.yaml"].ShouldContain("  password: # not saved in a backup");
        all["folders/00-own/README.md"].ShouldBe("The Secret is made by hand.\n");
        leftOut.Count.ShouldBe(3, string.Join('\n', leftOut));
        leftOut.ShouldContain(sentence => sentence.StartsWith($"{rendered}:", StringComparison.Ordinal) && sentence.Contains("is not saved: it may hold a Secret", StringComparison.Ordinal));
        leftOut.ShouldContain(sentence => sentence.Contains("apply.sh", StringComparison.Ordinal));
        leftOut.ShouldContain(sentence => sentence.Contains("old.yaml is not saved: it is no UTF-8", StringComparison.Ordinal));
        note.InlinePasswords.ShouldBe(["files/00-values.yaml:3 server.sql.password"]);
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
