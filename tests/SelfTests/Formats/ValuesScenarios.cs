using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>
/// The files of an upgrade with one thing about them, and exactly the checks that are red: values, dynamic, and the images of cluster. Each runs
/// PreUpgrade as a process, without any system but where a frontend is said to be there.
/// </summary>
public sealed class ValuesScenarios
{
    /// <summary>The checks that are seen violated here.</summary>
    public static readonly string[] Violated =
    [
        "values/format-matches-chart", "values/render-accepted", "values/chart-pinned", "values/persistence-equals-live", "values/shard-count-equals-persisted",
        "values/cluster-name-persisted", "values/no-unknown-static-keys", "values/schema-step-gated", "values/supported-driver", "values/authorizer-has-internal-frontend",
        "values/drift", "dynamic/no-removed-keys", "dynamic/keys-registered", "dynamic/values-typed", "dynamic/changed-defaults-acknowledged",
        "dynamic/fairness-off-during-window", "cluster/images-known", "cluster/custom-images", "cluster/image-tools",
    ];

    private const string ToolsTag = "admin-tools:1.29.1-tctl-1.18.4-cli-1.5.0";

    private static readonly Case[] s_cases =
    [
        new("values alone are enough, and nothing is made up for what is not there") { Render = null, Installed = false },
        new("a render alone is enough") { Values = null },
        new("a chart of the other generation with its hook migrates first by itself")
        {
            Chart = "1.6.0", Values = "values-1.x.yaml", Render = "rendered-1.6.0.yaml", Installed = false, From = "1.30.4", To = "1.31.2", Sets = [("migration.first", "false")],
        },
        new("the guide's values for a 0.x chart mean other stores")
        {
            Values = "guide-values-1.29.yaml", Render = null,
            Red =
            [
                ("values/format-matches-chart", "eagerWorkflowStartEnabled"), ("values/format-matches-chart", "rateLimit"), ("values/format-matches-chart", "minVersion"),
                ("values/format-matches-chart", "the main store would be this new, empty one"), ("values/persistence-equals-live", "The main store would be Cassandra"),
                ("values/chart-pinned", "1.29.1-tctl-1.18.2-cli-1.3.0"), ("cluster/images-known", "no chart has ever named it"), ("values/drift", "server.config"),
            ],
        },
        new("the guide's values for a 1.x chart stop the render")
        {
            Chart = "1.6.0", Values = "guide-values-1.29.yaml", Render = null, Installed = false,
            Red =
            [
                ("values/format-matches-chart", "eagerWorkflowStartEnabled"), ("values/format-matches-chart", "rateLimit"), ("values/format-matches-chart", "minVersion"),
                ("values/format-matches-chart", "no valid driver"), ("values/chart-pinned", "1.29.1-tctl-1.18.2-cli-1.3.0"), ("cluster/images-known", "no chart has ever named it"),
            ],
        },
        new("a mount without its volume") { InRender = [("      volumes:\n        - name: config\n", "      volumes:\n        - name: another\n")], Red = [("values/render-accepted", "mounts the volume config")] },
        new("no chart is named")
        {
            Chart = null, Render = null, Installed = false,
            Red = [("values/chart-pinned", "No chart version is named")],
            Unknown =
            [
                "values/format-matches-chart", "values/no-unknown-static-keys", "values/supported-driver", "values/authorizer-has-internal-frontend",
                "values/schema-step-gated", "cluster/images-known", "cluster/custom-images",
            ],
        },
        new("a render of another chart than the one that is named") { Chart = "0.69.0", Red = [("values/chart-pinned", "The render was made by chart 0.72.0")] },
        new("another database host")
        {
            InRender = [("connectAddr: \"postgresql.example.com:5432\"", "connectAddr: \"elsewhere.example.com:5432\"")],
            Red = [("values/persistence-equals-live", "host elsewhere.example.com instead of postgresql.example.com")],
        },
        new("with a frontend, shards and name are those of the cluster") { Frontend = true },
        new("another number of history shards")
        {
            Frontend = true, InRender = [("numHistoryShards: 512", "numHistoryShards: 1024")],
            Red = [("values/shard-count-equals-persisted", "1024 history shards are configured, the database holds 512")],
        },
        new("another name of the cluster")
        {
            Frontend = true, InRender = [("currentClusterName: \"active\"", "currentClusterName: \"other\"")],
            Red = [("values/cluster-name-persisted", "The cluster is called \"other\" here")],
        },
        new("a misspelt key of the static configuration") { InRender = [("      numHistoryShards: 512", "      numHistoryShards: 512\n      numHistoryShardz: 4")], Red = [("values/no-unknown-static-keys", "persistence.numHistoryShardz")] },
        new("a Job that migrates beside the servers") { Sets = [("migration.first", "false")], Red = [("values/schema-step-gated", "migrates beside the Deployments")] },
        new("a driver that went with 1.24")
        {
            Render = null, Installed = false, InValues = [("driver: \"postgres12\"", "driver: \"postgres\"")],
            Red = [("values/supported-driver", "have no driver postgres")],
        },
        new("an authorizer without an internal frontend")
        {
            Render = null, Installed = false, InValues = [("    logLevel: \"info\"\n", "    logLevel: \"info\"\n    authorization:\n      authorizer: default\n      claimMapper: default\n")],
            Red = [("values/authorizer-has-internal-frontend", "the internal frontend is not on")],
        },
        new("values that are not those of the release") { InValues = [("    replicaCount: 2", "    replicaCount: 5")], Red = [("values/drift", "server.worker.replicaCount: Here 5, in the release 2")] },
        new("a dynamic configuration with a mistake of every kind")
        {
            Acknowledge = false,
            InRender = [("    frontend.namespaceRPS:\n", "    system.shardRPSWarnLimit: [{value: 5}]\n    frontend.namespaceRPZ: [{value: 5}]\n    frontend.rps: [{value: '10'}]\n    matching.enableFairness: [{value: true}]\n    frontend.namespaceRPS:\n")],
            Red =
            [
                ("dynamic/no-removed-keys", "system.shardRPSWarnLimit"), ("dynamic/keys-registered", "frontend.namespaceRPZ"), ("dynamic/values-typed", "a whole number without quotes"),
                ("dynamic/fairness-off-during-window", "matching.enableFairness is on"), ("dynamic/changed-defaults-acknowledged", "system.enableEagerWorkflowStart"),
            ],
        },
        new("a dynamic configuration that no server takes")
        {
            InRender = [("    frontend.namespaceRPS:\n", "    frontend.rps: 5\n    frontend.namespaceRPS:\n")],
            Red = [("dynamic/values-typed", "frontend.rps has no list of values")], Unknown = ["dynamic/no-removed-keys", "dynamic/keys-registered", "dynamic/fairness-off-during-window"],
        },
        new("tools that no chart has ever named") { InRender = [(ToolsTag, "admin-tools:1.29.1-tctl-1.18.2-cli-1.3.0")], Red = [("cluster/images-known", "no chart has ever named it")] },
        new("tools of another minor")
        {
            InRender = [(ToolsTag, "admin-tools:1.28.1-tctl-1.18.4-cli-1.4.1")],
            Red = [("cluster/images-known", "of 1.28, the servers are of 1.29"), ("values/schema-step-gated", "the schema will be another minor's")],
        },
        new("a server that is named by its digest alone") { InRender = [("temporalio/server:1.29.1", $"temporalio/server@sha256:{new string('a', 64)}")], Unknown = ["cluster/images-known"] },
        new("a server image of our own that nobody has declared") { InRender = [("temporalio/server:1.29.1", "registry.example.com/team/our-temporal:7f3a")], Red = [("cluster/custom-images", "nothing says which release")] },
        new("a server image of our own that is declared")
        {
            InRender = [("temporalio/server:1.29.1", "registry.example.com/team/our-temporal:7f3a")], Sets = [("images.custom", "registry.example.com/team/our-temporal:7f3a=1.29.1")],
        },
        new("a mirror of the project's images is the project's") { InRender = [("temporalio/", "mirror.example.com:5000/temporalio/")] },
        new("a probe that calls what the image does not have")
        {
            Chart = "1.6.0", Values = null, Render = "rendered-1.6.0.yaml", Installed = false, From = "1.30.4", To = "1.31.2",
            InRender = [("                - ls\n                - /\n", "                - bash\n                - -c\n                - curl -s localhost && true\n")], Red = [("cluster/image-tools", "curl is called in temporalio/admin-tools:1.31.2")],
        },
        new("a release whose keys nobody has read")
        {
            Chart = "1.6.0", Values = "values-1.x.yaml", Render = "rendered-1.6.0.yaml", Installed = false, From = "1.31.2", To = "1.32.0", Acknowledge = false,
            Red = [("values/chart-pinned", "installs server 1.31.2, not 1.32.0")],
            Unknown = ["values/no-unknown-static-keys", "dynamic/no-removed-keys", "dynamic/keys-registered", "dynamic/values-typed", "dynamic/changed-defaults-acknowledged", "dynamic/fairness-off-during-window"],
        },
        new("--reuse-values across charts keeps the old images")
        {
            Render = null, Values = "empty.yaml", InstalledChart = "0.63.0", Sets = [("helm.reuseValues", "true")], Red = [("values/format-matches-chart", "With --reuse-values the image stays 1.27.2")],
        },
    ];

    public static TheoryData<string> Names => [.. s_cases.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Exactly_these_checks_are_red(string name)
    {
        var one = s_cases.Single(one => one.Name == name);

        var verdict = await AskAsync(one);

        var said = verdict.Said();
        verdict.Checks.Where(check => check.Result == Result.Violated).Select(check => check.Id).ShouldBe(one.Red.Select(red => red.Id).Distinct(), ignoreOrder: true, said);
        verdict.Checks.Where(check => check.Result == Result.Unanswered).Select(check => check.Id).ShouldBe(one.Unknown, ignoreOrder: true, said);
        foreach (var (id, part) in one.Red)
        {
            part.ShouldBeIn(verdict.Of(id));
        }
    }

    [Fact]
    public async Task Every_check_is_met_where_everything_is_named_and_right()
    {
        var verdict = await AskAsync(new Case("all") { Frontend = true });

        verdict.Checks.Where(check => Violated.Contains(check.Id)).Select(check => check.Result).Distinct().ShouldBe([Result.Met], verdict.Said());
        verdict.Checks.Count(check => Violated.Contains(check.Id)).ShouldBe(Violated.Length);
        verdict.Decision.ShouldBe(Decision.Go, verdict.Said());
    }

    [Fact]
    public async Task A_file_that_is_not_there_leaves_everything_open()
    {
        var verdict = await AskAsync(new Case("missing") { Sets = [("helm.values", "/nowhere/values.yaml")] });

        verdict.Checks.Where(check => Violated.Contains(check.Id)).Select(check => check.Result).Distinct().ShouldBe([Result.Unanswered], verdict.Said());
        verdict.Of("values/format-matches-chart").Message.ShouldContain("The file cannot be read");
        verdict.Decision.ShouldBe(Decision.Undecided);
    }

    [Fact]
    public void Every_check_is_seen_red() => s_cases.SelectMany(one => one.Red.Select(red => red.Id)).Distinct().ShouldBe(Violated, ignoreOrder: true);

    [Fact]
    public async Task What_the_upgrade_changes_is_listed_with_the_migration_first()
    {
        var verdict = await AskAsync(new Case("changes") { InRender = [(ToolsTag, "admin-tools:1.29.1"), ("  replicas: 3", "  replicas: 4")] });

        var changes = verdict.Run.ShouldNotBeNull().Changes;
        (changes[0].Name, changes[0].What).ShouldBe(("Job/temporal-schema-1 (migrates the databases)", "runs"), verdict.Said());
        changes[0].Fields[0].ShouldStartWith("image of update-default-store");
        changes.Single(change => change.Name == "Deployment/temporal-history").Fields.ShouldBe(["replicas 3 → 4"]);
        var report = Reports.Markdown(Judge.Worst([verdict], new VerdictIdentity { Tool = "self-tests", CatalogDate = "", Judged = DateTimeOffset.UtcNow }));
        report.ShouldContain("## What the upgrade will change\n\n- **Job/temporal-schema-1 (migrates the databases)** runs\n  - image of update-default-store");
    }

    private static async Task<PhaseVerdict> AskAsync(Case one)
    {
        using var results = new ScratchFolder();
        await using var cluster = one.Frontend ? await StandInCluster.StartAsync(new StandInClusterOptions { Release = "1.27.3" }) : null;
        return await PhaseRun.AskAsync(UpgradePhase.PreUpgrade, results.Path, Settings(one, results.Path, cluster?.Frontends[0]));
    }

    private static Dictionary<string, string> Settings(Case one, string folder, string? frontend)
    {
        var sets = new Dictionary<string, string>
        {
            ["scope.only"] = "values,dynamic,cluster/images-known,cluster/custom-images,cluster/image-tools",
            ["running"] = one.From,
            ["target"] = one.To,
            ["migration.first"] = "true",
            ["baseline.path"] = Path.Combine(folder, "baseline.json"),
        };
        Add("helm.chart", one.Chart);
        Add("temporal.address", frontend);
        Add("helm.values", one.Values is null ? null : Write("values.yaml", one.Values == "empty.yaml" ? "{}\n" : FormatFiles.Text(one.Values), one.InValues));
        Add("helm.manifests", one.Render is null ? null : Write("rendered.yaml", FormatFiles.Text(one.Render), one.InRender));
        if (one.Installed)
        {
            var manifest = FormatFiles.Text("rendered-0.72.0.yaml").Replace("temporal-0.72.0", $"temporal-{one.InstalledChart}", StringComparison.Ordinal);
            Add("helm.installed", $"{Write("installed-values.yaml", "USER-SUPPLIED VALUES:\n" + FormatFiles.Text("values-0.x.yaml"), [])},{Write("installed.yaml", manifest, [])}");
        }

        if (one.Acknowledge)
        {
            Add("dynamic.acknowledged", string.Join(',', DynamicConfigKeys.ChangedDefaults(
                DynamicConfigKeys.For(ServerVersion.Parse(frontend is null ? one.From : "1.27.3"))!, DynamicConfigKeys.For(ServerVersion.Parse(one.To))!).Select(pair => pair.To.Name)));
        }

        foreach (var (key, value) in one.Sets)
        {
            sets[key] = value;
        }

        return sets;

        void Add(string key, string? value)
        {
            if (value is not null)
            {
                sets[key] = value;
            }
        }

        string Write(string name, string text, IEnumerable<(string Old, string New)> edits)
        {
            foreach (var (old, replacement) in edits)
            {
                text.ShouldContain(old);
                text = text.Replace(old, replacement, StringComparison.Ordinal);
            }

            var path = Path.Combine(folder, name);
            File.WriteAllText(path, text);
            return path;
        }
    }

    private sealed record Case(string Name)
    {
        public string? Chart { get; init; } = "0.72.0";

        public string? Values { get; init; } = "values-0.x.yaml";

        public string? Render { get; init; } = "rendered-0.72.0.yaml";

        public bool Installed { get; init; } = true;

        public string InstalledChart { get; init; } = "0.72.0";

        public string From { get; init; } = "1.27.4";

        public string To { get; init; } = "1.29.1";

        public bool Frontend { get; init; }

        public bool Acknowledge { get; init; } = true;

        public (string Old, string New)[] InValues { get; init; } = [];

        public (string Old, string New)[] InRender { get; init; } = [];

        public (string Key, string Value)[] Sets { get; init; } = [];

        public (string Id, string Part)[] Red { get; init; } = [];

        public string[] Unknown { get; init; } = [];
    }
}
