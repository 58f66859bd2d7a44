using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What a run takes from the cluster for the settings that nobody has set, and what it leaves with a reason.</summary>
public sealed class RunDiscoveryTests
{
    private const string Password = "opensesame-of-the-servers";

    [Fact]
    public async Task What_no_setting_names_is_found_and_says_where()
    {
        await using var cluster = await ReadyAsync();

        var (settings, found) = await ReadAsync(cluster, "kubernetes.reach=port-forward", "kubernetes.readPasswords=true");

        found.Left.ShouldBeEmpty();
        settings.Temporal.Address.ShouldBe(["temporal-frontend.temporal-backend.svc:7233"]);
        settings.Origin("temporal.address").ShouldBe("discovered: Service/temporal-frontend");
        settings.Metrics.Endpoints.Count.ShouldBe(4);
        settings.Helm.Release.ShouldBe("temporal");
        settings.Stores.Main.Connection!.ShouldSatisfyAllConditions(
            one => one.Display.ShouldBe("temporal@127.0.0.1:5432/temporal"), one => one.Password!.Reveal().ShouldBe(Password));
        settings.Stores.Visibility.Connection!.Display.ShouldBe("temporal@127.0.0.1:5432/temporal_visibility");
        settings.Stores.Main.RuntimeRole.ShouldBe("temporal");
        found.Told(settings).ShouldContain("stores.main.connection is temporal@127.0.0.1:5432/temporal (discovered: ConfigMap/temporal-config config_template.yaml)");
        string.Join('\n', found.Told(settings)).ShouldNotContain(Password);
    }

    [Fact]
    public async Task Whatever_somebody_has_set_stays()
    {
        await using var cluster = await ReadyAsync();

        var (settings, found) = await ReadAsync(
            cluster, "kubernetes.reach=port-forward", "kubernetes.readPasswords=true", "temporal.address=frontend.example.com:7233", "stores.main.connection=Host=db.example.com;Database=t",
            "stores.visibility.connection=Host=db.example.com;Database=v", "metrics.endpoints=http://m.example.com/metrics");

        found.Settings.ShouldBeEmpty();
        found.Left.ShouldBeEmpty();
        settings.Temporal.Address.ShouldBe(["frontend.example.com:7233"]);
        settings.Stores.Main.Plugin.ShouldBe("postgres12");
        cluster.StandIn.Requests.ShouldBeEmpty("there was nothing to look for");
    }

    [Fact]
    public async Task A_setting_that_needs_an_address_is_content_with_the_found_one()
    {
        await using var cluster = await ReadyAsync();

        var (settings, _) = await ReadAsync(cluster, "kubernetes.reach=port-forward", "temporal.tls.ca=ca.pem");

        settings.Temporal.UsesTls.ShouldBeTrue();
    }

    [Fact]
    public async Task Passwords_are_read_only_where_that_is_asked_for()
    {
        await using var cluster = await ReadyAsync();

        var (settings, found) = await ReadAsync(cluster, "kubernetes.reach=port-forward");

        settings.Stores.Main.Connection.ShouldBeNull();
        found.Left.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            one => one.What.ShouldBe("the databases (found: temporal@127.0.0.1:5432/temporal (postgres12))"),
            one => one.Why.ShouldBe("their passwords are not read from Secrets unless that is asked for, so they are not connected"),
            one => one.AnsweredBy.ShouldBe("stores.main.connection and stores.visibility.connection with the role of ./run.sh grants, or kubernetes.readPasswords=true"));
        cluster.StandIn.Requests.ShouldNotContain(one => one.Name == "temporal-default-store" && !one.Accept.Contains("PartialObjectMetadata", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_of_the_clusters_own_are_left_where_nobody_here_knows_them()
    {
        await using var cluster = await ReadyAsync();

        var (settings, found) = await ReadAsync(cluster, "kubernetes.readPasswords=true");

        settings.Temporal.Address.ShouldBeEmpty();
        settings.Stores.Main.Connection.ShouldNotBeNull();
        found.Left.Select(one => one.What).ShouldBe(["the frontends", "metrics of the servers"]);
        found.Left[0].Why.ShouldBe("""they were found at ["temporal-frontend.temporal-backend.svc:7233"], a name that does not resolve from here, so they are not connected""");
        found.Left[0].AnsweredBy.ShouldNotBeNull().ShouldContain("kubernetes.reach=port-forward");
    }

    [Theory]
    [InlineData("no right", "we may not get secrets, so their passwords could not be read")]
    [InlineData("no key", "Secret/temporal-default-store has no key password")]
    [InlineData("a host that nobody knows", "the name database.invalid does not resolve from here")]
    [InlineData("another engine", "the configuration in the cluster does not name both of them")]
    public async Task A_database_that_cannot_be_asked_says_why(string change, string why)
    {
        var user = change == "no right" ? StandInUser.Forwarder.Without("secrets") : StandInUser.Forwarder;
        await using var cluster = await ReadyAsync(user);
        switch (change)
        {
            case "no key":
                cluster.StandIn.Edit("secrets", "temporal-default-store", secret => secret["data"]!.AsObject().Remove("password"));
                break;
            case "a host that nobody knows":
                Configure(cluster, "127.0.0.1:5432", "database.invalid:5432");
                break;
            case "another engine":
                Configure(cluster, "postgres12", "mysql8");
                break;
        }

        var (settings, found) = await ReadAsync(cluster, user, "kubernetes.reach=port-forward", "kubernetes.readPasswords=true");

        settings.Stores.Main.Connection.ShouldBeNull();
        found.Left.ShouldHaveSingleItem().Why.ShouldContain(why);
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_leaves_everything_as_it_is()
    {
        await using var cluster = await ReadyAsync();
        cluster.StandIn.Set(KubernetesFault.TooManyRequests);

        var (settings, found) = await ReadAsync(cluster, "kubernetes.reach=port-forward");

        settings.Temporal.Address.ShouldBeEmpty();
        found.Settings.ShouldBeEmpty();
        found.Left.ShouldHaveSingleItem().Why.ShouldContain("is too busy for us (429)");
    }

    /// <summary>The recorded cluster, its databases on this machine, and the Secrets with passwords.</summary>
    private static async Task<Cluster> ReadyAsync(StandInUser? user = null)
    {
        var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Users = [user ?? StandInUser.Forwarder] });
        Configure(cluster, "postgresql.example.com:5432", "127.0.0.1:5432");
        foreach (var name in new[] { "temporal-default-store", "temporal-visibility-store" })
        {
            cluster.StandIn.Edit("secrets", name, secret => secret["data"]!["password"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Password)));
        }

        return cluster;
    }

    private static void Configure(Cluster cluster, string before, string after) => cluster.StandIn.Edit(
        "configmaps", "temporal-config", map => map["data"]!["config_template.yaml"] = ((string)map["data"]!["config_template.yaml"]!).Replace(before, after, StringComparison.Ordinal));

    private static Task<(Settings Settings, Discovered Found)> ReadAsync(Cluster cluster, params string[] sets) => ReadAsync(cluster, StandInUser.Forwarder, sets);

    private static async Task<(Settings Settings, Discovered Found)> ReadAsync(Cluster cluster, StandInUser user, params string[] sets)
    {
        var pairs = sets.Concat([$"kubernetes.kubeconfig={cluster.Kubeconfig(user)}", $"kubernetes.namespace={KubernetesStandIn.Namespace}"])
            .Select(set => set.Split('=', 2)).ToDictionary(set => set[0], set => set[1]);
        using var file = new SettingsSource("{}");
        var none = new Dictionary<string, string?>();
        var found = await RunDiscovery.FindAsync(SettingsReader.Preview(file.Path, pairs, none), TestContext.Current.CancellationToken);
        return (SettingsReader.Read(file.Path, pairs, none, found: found.Settings), found);
    }
}
