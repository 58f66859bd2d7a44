using System.Net;
using System.Text;
using TemporalConformance.Environments;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>One number from a Prometheus, and what database/disk-headroom makes of it.</summary>
public sealed class PrometheusTests(PostgresServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("vector(123456789012)", 123456789012)]
    [InlineData("40 + 2", 42)]
    public async Task A_vector_of_one_series_and_a_scalar_are_numbers(string query, double number)
    {
        await using var prometheus = await Prometheus.StartAsync();

        (await AskAsync(prometheus.Address, query)).ShouldBe(number);
    }

    [Theory]
    [InlineData("no_such_metric", "has 0 series where one is wanted")]
    [InlineData("label_replace(vector(1), \"a\", \"b\", \"\", \"\") or vector(2)", "has 2 series where one is wanted")]
    [InlineData("vector(", "refused the query")]
    [InlineData("vector(1)[5m:1m]", "gives a matrix where one number is wanted")]
    [InlineData("vector(1/0)", "which is no number of bytes")]
    public async Task Anything_else_is_a_refusal_with_its_reason(string query, string reason)
    {
        await using var prometheus = await Prometheus.StartAsync();

        (await Should.ThrowAsync<ProbeException>(() => AskAsync(prometheus.Address, query))).Message.ShouldContain(reason);
    }

    [Theory]
    [InlineData("<html>Please log in</html>")]
    [InlineData("{}")]
    [InlineData("""{ "status": "success", "data": { "resultType": "scalar", "result": [ 1 ] } }""")]
    [InlineData("")]
    public async Task Another_service_at_the_address_is_told_apart(string body)
    {
        using var listener = new HttpListener();
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}/");
        listener.Prefixes.Add(address.AbsoluteUri);
        listener.Start();
        var answered = AnswerAsync(listener, body);

        var failure = await Should.ThrowAsync<ProbeException>(() => AskAsync(address, "vector(1)"));

        await answered;
        failure.Failure.ShouldBe(ProbeFailure.Broken);
        failure.Message.ShouldContain("something that is not Prometheus' API");
    }

    [Fact]
    public async Task Nobody_at_the_address_is_said_plainly() =>
        (await Should.ThrowAsync<ProbeException>(() => AskAsync(new Uri("http://127.0.0.1:1"), "vector(1)"))).Failure.ShouldBe(ProbeFailure.NothingListens);

    [Theory]
    [InlineData("vector(1000)", Result.Violated, "1000 bytes are free by stores.visibility.freeSpaceQuery")]
    [InlineData("vector(1e12)", Result.Met, "")]
    [InlineData("no_such_metric", Result.Unanswered, "has 0 series where one is wanted")]
    public async Task Disk_headroom_is_judged_by_the_query(string query, Result result, string words)
    {
        await using var prometheus = await Prometheus.StartAsync();
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1291);
        using var results = new ScratchFolder();
        var scenario = new Scenario("a rewrite, and free space by a query", Checks.UpgradePhase.PreUpgrade, Decision.Go)
        {
            Sets = new Dictionary<string, string?>
            {
                ["running"] = "1.29.7",
                ["target"] = "1.30.8",
                ["prometheus.url"] = prometheus.Address.AbsoluteUri,
                ["stores.visibility.freeSpaceQuery"] = query,
            },
        };

        var verdict = await new ScenarioRun(scenario, pair, results.Path).VerdictAsync(TestContext.Current.CancellationToken);

        var check = verdict.Checks.Single(check => check.Id == "database/disk-headroom");
        check.Result.ShouldBe(result, $"{check.Message} {check.Observed}");
        string.Join('\n', check.Message, check.Observed).ShouldContain(words);
    }

    private static Task<double> AskAsync(Uri address, string query) =>
        new PrometheusProbe(address, Limit, new CallCounter()).NumberAsync(query, TestContext.Current.CancellationToken);

    private static async Task AnswerAsync(HttpListener listener, string body)
    {
        var context = await listener.GetContextAsync();
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body), TestContext.Current.CancellationToken);
        context.Response.Close();
    }
}
