using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>Servers that keep us out: by pg_hba.conf, by password, because they are full.</summary>
public sealed class AdmissionTests(RecordedServers servers)
{
    [Fact]
    public async Task What_pg_hba_and_SCRAM_refuse()
    {
        await using var server = await LocalPostgres.StartAsync(Installations.Local(), TestContext.Current.CancellationToken);
        var superuser = server.Connection("postgres");
        var admitted = await ServerAdministration.ReaderAsync(superuser, "admitted");
        var rejected = await ServerAdministration.ReaderAsync(superuser, "rejected");
        var forgotten = await ServerAdministration.ReaderAsync(superuser, "forgotten");
        await ServerAdministration.AdmitAsync(
            superuser, "host all rejected 127.0.0.1/32 reject", "host all admitted 127.0.0.1/32 scram-sha-256");

        (await PostgresServer.ReadAsync(admitted)).Database.ShouldBe("postgres");
        (await Sql.AskAsync<string>(superuser, "SELECT left(rolpassword, 13) FROM pg_authid WHERE rolname = 'admitted'")).ShouldBe("SCRAM-SHA-256");
        (await FailureAsync(rejected)).Message.ShouldContain("pg_hba.conf rejects connection");
        (await FailureAsync(forgotten)).Message.ShouldContain("no pg_hba.conf entry");
        var wrong = await FailureAsync(admitted.With(to => to.Password = "planted-secret"));
        wrong.Message.ShouldContain("password authentication failed");
        wrong.Message.ShouldNotContain("planted-secret");
    }

    [Fact]
    public async Task A_role_with_all_its_connections_in_use()
    {
        var primary = await servers.PrimaryAsync();
        var reader = (await ServerAdministration.ReaderAsync(primary.Connection("postgres"), "two_at_once", "CONNECTION LIMIT 2"))
            .With(to => to.Database = "temporal");
        await using var crowd = await Crowd.FillAsync(reader);
        crowd.Count.ShouldBe(2);

        (await FailureAsync(reader, ProbeFailure.TooManyConnections)).Message.ShouldContain("too many connections for role \"two_at_once\"");
    }

    [Fact]
    public async Task A_server_with_all_its_connections_in_use()
    {
        await using var server = await LocalPostgres.StartAsync(
            Installations.Local(), new Dictionary<string, string> { ["max_connections"] = "8", ["superuser_reserved_connections"] = "2" }, TestContext.Current.CancellationToken);
        var reader = await ServerAdministration.ReaderAsync(server.Connection("postgres"), "reader");
        await using var crowd = await Crowd.FillAsync(reader);

        var failure = await FailureAsync(reader, ProbeFailure.TooManyConnections);

        crowd.Count.ShouldBeInRange(5, 6);
        failure.Message.ShouldContain("remaining connection slots are reserved");
        failure.Remedy.ShouldContain("max_connections");
    }

    private static async Task<ProbeException> FailureAsync(ConnectionText connection, ProbeFailure expected = ProbeFailure.Refused)
    {
        var failure = await Should.ThrowAsync<ProbeException>(() => PostgresServer.ReadAsync(connection));
        failure.Failure.ShouldBe(expected, failure.Message);
        return failure;
    }
}
