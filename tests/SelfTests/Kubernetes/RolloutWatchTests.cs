using System.Text.Json.Nodes;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Watching a rollout on the stand-in: what counts as a move, and what becomes of a watch that loses its place, its connection or its turn.</summary>
public sealed class RolloutWatchTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("deployments")]
    [InlineData("pods")]
    [InlineData("jobs")]
    [InlineData("endpointslices")]
    public async Task An_edit_moves_it(string resource)
    {
        await using var cluster = await Cluster.StartAsync();
        await using var watch = await QuietAsync(cluster);
        var name = cluster.StandIn.Names(resource).First(one => one.StartsWith("temporal-", StringComparison.Ordinal));

        cluster.StandIn.Edit(resource, name, Touch);

        await watch.Moved.WaitAsync(s_limit, Token);
        watch.IsQuiet.ShouldBeFalse();
        watch.Rest();
        watch.IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public async Task Objects_of_others_do_not_move_it()
    {
        await using var cluster = await Cluster.StartAsync();
        var other = cluster.StandIn.Find("deployments", "temporal-web")!;
        other["metadata"] = new JsonObject { ["name"] = "shop" };
        other["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "registry.example.com/shop:3";
        cluster.StandIn.Add("deployments", other);
        await using var watch = await QuietAsync(cluster);

        cluster.StandIn.Edit("deployments", "shop", Touch);
        // The watch of Deployments brings both, in their order.
        cluster.StandIn.Edit("deployments", "temporal-web", Touch);

        await watch.Moved.WaitAsync(s_limit, Token);
        watch.Rest();
        cluster.StandIn.Edit("deployments", "shop", Touch);
        cluster.StandIn.EndWatches();
        await StandingAgainAsync(cluster);
        watch.IsQuiet.ShouldBeTrue();
    }

    [Fact]
    public async Task A_watch_that_the_server_ends_goes_on_after_its_bookmark()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var watch = await QuietAsync(cluster);
        var begun = Watches(cluster).Count;

        cluster.StandIn.EndWatches();
        await StandingAgainAsync(cluster, begun);

        watch.IsQuiet.ShouldBeTrue("nothing has moved, and nothing was missed");
        Watches(cluster).ShouldAllBe(one => one.Query["allowWatchBookmarks"] == "1" || one.Query["allowWatchBookmarks"] == "true");
        cluster.StandIn.Edit("deployments", "temporal-history", Touch);
        await watch.Moved.WaitAsync(s_limit, Token);
    }

    [Fact]
    public async Task A_watch_that_lost_its_place_begins_at_a_new_one_and_counts_that_as_a_move()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var watch = await QuietAsync(cluster);
        cluster.StandIn.Set(KubernetesFault.TooManyRequests, one => one.Verb == "watch");
        cluster.StandIn.EndWatches();
        await watch.Moved.WaitAsync(s_limit, Token);
        watch.IsQuiet.ShouldBeFalse("a server that is too busy tells nothing");
        // History goes on and is forgotten meanwhile.
        cluster.StandIn.Edit("deployments", "temporal-history", Touch);
        cluster.StandIn.Edit("pods", cluster.StandIn.Names("pods")[0], Touch);
        cluster.StandIn.Compact();
        var lists = Lists(cluster);
        cluster.StandIn.Clear();

        await QuietAsync(watch);

        Lists(cluster).ShouldBeGreaterThan(lists, "after 410 a list says where to begin");
        cluster.StandIn.Edit("deployments", "temporal-history", Touch);
        await watch.Moved.WaitAsync(s_limit, Token);
    }

    [Fact]
    public async Task A_connection_that_breaks_counts_as_a_move_and_is_made_again()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var watch = await QuietAsync(cluster);
        cluster.StandIn.Set(KubernetesFault.Broken, one => one.Verb == "watch");
        cluster.StandIn.EndWatches();

        await watch.Moved.WaitAsync(s_limit, Token);
        watch.IsQuiet.ShouldBeFalse();
        cluster.StandIn.Clear();

        await QuietAsync(watch);
    }

    [Fact]
    public async Task Without_the_right_nothing_is_ever_held_for_quiet()
    {
        var user = StandInUser.Viewer with { Rules = [.. StandInUser.Viewer.Rules.Select(rule => rule with { Verbs = [.. rule.Verbs.Where(verb => verb != "watch")] })] };
        await using var cluster = await Cluster.StartAsync(new KubernetesStandInOptions { Users = [user] });
        var reading = await cluster.ReadAsync(user);
        await using var watch = await RolloutWatch.StartAsync(cluster.Access(user), reading, cluster.Calls, Token);

        await watch.Moved.WaitAsync(s_limit, Token);
        watch.Rest();

        watch.IsQuiet.ShouldBeFalse();
        reading.Rights.Value().Missing.ShouldAllBe(right => right.Verb == "watch");
        reading.Rights.Value().Missing.Count.ShouldBe(5);
    }

    [Fact]
    public async Task It_covers_what_a_reading_found_until_something_new_is_there()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var watch = await QuietAsync(cluster);
        watch.Covers(await cluster.ReadAsync()).ShouldBeTrue();

        var more = cluster.StandIn.Find("deployments", "temporal-history")!;
        more["metadata"]!["name"] = "temporal-history-2";
        more["metadata"]!.AsObject().Remove("uid");
        cluster.StandIn.Add("deployments", more);

        watch.Covers(await cluster.ReadAsync()).ShouldBeFalse();
    }

    private static async Task<RolloutWatch> QuietAsync(Cluster cluster)
    {
        var watch = await RolloutWatch.StartAsync(cluster.Access(), await cluster.ReadAsync(), cluster.Calls, Token);
        await QuietAsync(watch);
        return watch;
    }

    /// <summary>Each watch that comes to stand is a move; after the last of them it is quiet.</summary>
    private static async Task QuietAsync(RolloutWatch watch)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(s_limit);
        while (true)
        {
            watch.Rest();
            if (watch.IsQuiet)
            {
                return;
            }

            await watch.Moved.WaitAsync(limit.Token);
        }
    }

    /// <summary>Until as many watches were begun anew as there are.</summary>
    private static async Task StandingAgainAsync(Cluster cluster, int? begun = null)
    {
        var before = begun ?? 0;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(s_limit);
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        do
        {
            await tick.WaitForNextTickAsync(limit.Token);
        }
        while (Watches(cluster).Count < Math.Max(before * 2, 10));
    }

    private static List<KubernetesRequest> Watches(Cluster cluster) => [.. cluster.StandIn.Requests.Where(one => one.Verb == "watch")];

    private static int Lists(Cluster cluster) => cluster.StandIn.Requests.Count(one => one.Verb == "list" && one.Query.GetValueOrDefault("limit") == "1");

    private static void Touch(JsonObject one) => (one["metadata"]!["annotations"] ??= new JsonObject())["touched"] = Guid.NewGuid().ToString();
}
