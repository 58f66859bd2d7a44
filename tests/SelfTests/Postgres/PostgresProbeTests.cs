using System.Diagnostics;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

public sealed class PostgresProbeTests(PostgresServer server)
{
    [Fact]
    public async Task A_recorded_main_store_is_read_whole()
    {
        var postgres = await server.Postgres;
        var calls = new CallCounter();

        var clock = Stopwatch.StartNew();
        var reading = await PostgresServer.ReadAsync(postgres.Connection("temporal"), Store.Main, calls);
        TestContext.Current.SendDiagnosticMessage($"probe took {clock.ElapsedMilliseconds} ms");
        clock.Restart();
        reading = await PostgresServer.ReadAsync(postgres.Connection("temporal"), Store.Main, calls);
        TestContext.Current.TestOutputHelper!.WriteLine($"second probe took {clock.ElapsedMilliseconds} ms");

        reading.Database.ShouldBe("temporal");
        reading.Row.ShouldNotBeNull().Version.ShouldBe(new SchemaVersion(1, 16));
    }
}
