using System.Text.Json.Nodes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What the stand-in does besides answering from recordings: pages, watches, edits.</summary>
public sealed class KubernetesStandInTests
{
    private const string Pods = "/api/v1/namespaces/temporal-backend/pods";

    [Fact]
    public async Task Pages_hold_every_object_once()
    {
        await using var cluster = await Cluster.StartAsync();
        List<string> seen = [];
        string? next = "";
        while (next is not null)
        {
            var page = await GetAsync(cluster.StandIn, $"{Pods}?limit=5{(next.Length == 0 ? "" : $"&continue={Uri.EscapeDataString(next)}")}");
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
            next = (string?)page["metadata"]!["continue"];
        }

        seen.ShouldBe(cluster.StandIn.Names("pods"));
    }

    [Fact]
    public async Task A_page_of_a_forgotten_state_is_gone()
    {
        await using var cluster = await Cluster.StartAsync();
        var page = await GetAsync(cluster.StandIn, $"{Pods}?limit=5");
        cluster.StandIn.Compact();

        var gone = await GetAsync(cluster.StandIn, $"{Pods}?limit=5&continue={page["metadata"]!["continue"]}");

        ((int)gone["code"]!).ShouldBe(410);
        var rest = await GetAsync(cluster.StandIn, $"{Pods}?limit=500&continue={gone["metadata"]!["continue"]}");
        rest["items"]!.AsArray().Count.ShouldBe(9);
    }

    [Fact]
    public async Task A_watch_sees_edits_and_ends_with_a_bookmark()
    {
        await using var cluster = await Cluster.StartAsync();
        var version = (string)(await GetAsync(cluster.StandIn, $"{Pods}?limit=1"))["metadata"]!["resourceVersion"]!;
        cluster.StandIn.Edit("pods", "temporal-history-6648c4987-2r2jn", pod => pod["status"]!["phase"] = "Failed");
        cluster.StandIn.Edit("pods", "temporal-web-55c8d95657-nnt6n", pod => pod["status"]!["phase"] = "Failed");
        cluster.StandIn.Remove("pods", "temporal-history-6648c4987-lzkr4");
        cluster.StandIn.Edit("pods", "temporal-history-6648c4987-qgrvb", pod => pod["metadata"]!["labels"]!["app.kubernetes.io/component"] = "other");

        var events = await WatchAsync(cluster.StandIn, $"{Pods}?watch=1&labelSelector=app.kubernetes.io/component%3Dhistory&resourceVersion={version}&timeoutSeconds=1&allowWatchBookmarks=true");

        events.Select(one => $"{one["type"]} {one["object"]!["metadata"]!["name"]}").ShouldBe(
            ["MODIFIED temporal-history-6648c4987-2r2jn", "DELETED temporal-history-6648c4987-lzkr4", "DELETED temporal-history-6648c4987-qgrvb", "BOOKMARK "]);
    }

    [Fact]
    public async Task A_watch_of_a_forgotten_state_gets_one_error()
    {
        await using var cluster = await Cluster.StartAsync();

        var error = (await WatchAsync(cluster.StandIn, $"{Pods}?watch=1&resourceVersion=1&timeoutSeconds=3")).ShouldHaveSingleItem();

        ((string)error["type"]!).ShouldBe("ERROR");
        ((int)error["object"]!["code"]!).ShouldBe(410);
        ((string)error["object"]!["message"]!).ShouldStartWith("too old resource version: 1 (");
    }

    [Fact]
    public async Task A_changed_specification_is_a_new_generation()
    {
        await using var cluster = await Cluster.StartAsync();

        cluster.StandIn.Edit("deployments", "temporal-history", one => one["spec"]!["replicas"] = 5);
        cluster.StandIn.Edit("deployments", "temporal-history", one => one["status"]!["replicas"] = 5);

        ((int)cluster.StandIn.Find("deployments", "temporal-history")!["metadata"]!["generation"]!).ShouldBe(2);
    }

    [Theory]
    [InlineData("app.kubernetes.io/component in (history, matching)", 6)]
    [InlineData("app.kubernetes.io/component notin (history,matching),job-name", 1)]
    [InlineData("!job-name", 13)]
    [InlineData("app.kubernetes.io/component!=history", 11)]
    [InlineData("app.kubernetes.io/component==web", 1)]
    public async Task Selectors_select(string selector, int count)
    {
        await using var cluster = await Cluster.StartAsync();

        (await GetAsync(cluster.StandIn, $"{Pods}?labelSelector={Uri.EscapeDataString(selector)}"))["items"]!.AsArray().Count.ShouldBe(count);
    }

    [Fact]
    public async Task Writes_are_refused_even_to_an_administrator()
    {
        await using var cluster = await Cluster.StartAsync();
        using var client = KubernetesProtocolTests.Client(cluster.StandIn);
        client.DefaultRequestHeaders.Authorization = new("Bearer", StandInUser.Admin.Token);

        using var answer = await client.DeleteAsync(new Uri(cluster.StandIn.Address, $"{Pods}/temporal-web-55c8d95657-nnt6n"), TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(405);
        cluster.StandIn.Requests[^1].Verb.ShouldBe("delete");
    }

    private static async Task<JsonNode> GetAsync(KubernetesStandIn standIn, string path) => JsonNode.Parse(await TextAsync(standIn, path))!;

    private static async Task<List<JsonNode>> WatchAsync(KubernetesStandIn standIn, string path) =>
        [.. (await TextAsync(standIn, path)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    private static async Task<string> TextAsync(KubernetesStandIn standIn, string path)
    {
        using var client = KubernetesProtocolTests.Client(standIn);
        client.DefaultRequestHeaders.Authorization = new("Bearer", StandInUser.Viewer.Token);
        using var answer = await client.GetAsync(new Uri(standIn.Address, path), TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
