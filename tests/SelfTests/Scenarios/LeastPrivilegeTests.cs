using Npgsql;
using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using static TemporalConformance.Checks.UpgradePhase;

namespace TemporalConformance.SelfTests;

/// <summary>The role that <c>./run.sh grants</c> makes: enough for every answer, and not one right to write.</summary>
public sealed class LeastPrivilegeTests(PostgresServer server)
{
    private const string Password = "reader-password";

    [Theory]
    [InlineData(PreUpgrade, Recorded.Real1273)]
    [InlineData(PostUpgrade, Recorded.Real1291)]
    public async Task With_exactly_that_role_every_check_answers(UpgradePhase phase, Recorded sample)
    {
        await using var pair = await DatabasePair.CopyAsync(server, sample);
        var role = await GrantedAsync(pair);
        // Somebody else is at work: without the right to see sessions, nothing could be said of it.
        await using var other = await DatabasePair.HoldAsync(pair.Main, "SELECT count(*) FROM executions; SELECT pg_sleep(1.1)", TestContext.Current.CancellationToken);

        var verdict = await AskAsync(pair, role, phase);

        verdict.Checks.Where(check => check.Result == Result.Unanswered).Select(check => $"{check.Id}: {check.Message}").ShouldBeEmpty();
        verdict.Checks.Where(check => check is { Result: Result.Violated, Severity: Severity.Blocker }).Select(check => $"{check.Id}: {check.Observed}").ShouldBeEmpty();
        verdict.Decision.ShouldBe(Decision.Go, verdict.Reason);
    }

    [Fact]
    public async Task That_role_can_write_nothing()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1291);
        var role = await GrantedAsync(pair);

        foreach (var database in new[] { pair.Main, pair.Visibility })
        {
            (await Sql.AskAsync<long>(database, $"""
                SELECT count(*) FROM pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) right_to
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND has_table_privilege('{role}', c.oid, right_to)
                """)).ShouldBe(0);
            (await Sql.AskAsync<bool>(database, $"SELECT has_schema_privilege('{role}', 'public', 'CREATE') OR has_database_privilege('{role}', current_database(), 'CREATE')")).ShouldBeFalse();
            foreach (var write in new[] { "UPDATE schema_version SET curr_version = '9.9'", "DELETE FROM schema_update_history", "CREATE TABLE ours (id integer)" })
            {
                var refusal = await Should.ThrowAsync<PostgresException>(() => Sql.RunAsync(As(database, role), write), write);
                refusal.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, write);
            }
        }

        // And of the rows of users it reads none either.
        (await Should.ThrowAsync<PostgresException>(() => Sql.RunAsync(As(pair.Main, role), "SELECT * FROM executions"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Theory]
    [InlineData("REVOKE SELECT ON schema_version FROM {0}", "schema/main-version", "GRANT SELECT ON TABLE schema_version TO {0}")]
    [InlineData("REVOKE SELECT ON schema_update_history FROM {0}", "schema/history-chain", "GRANT SELECT ON TABLE schema_update_history TO {0}")]
    [InlineData("REVOKE SELECT ON cluster_metadata_info FROM {0}", "path/multi-cluster", "GRANT SELECT ON TABLE cluster_metadata_info TO {0}")]
    [InlineData("REVOKE USAGE ON SCHEMA public FROM {0}, PUBLIC", "schema/main-version", "GRANT USAGE ON SCHEMA public TO {0}")]
    [InlineData("REVOKE pg_read_all_stats FROM {0}", "database/no-long-transactions", "GRANT pg_read_all_stats TO {0}")]
    [InlineData("REVOKE pg_read_all_stats FROM {0}", "database/no-blocking-locks", "GRANT pg_read_all_stats TO {0}")]
    [InlineData("DO $$ BEGIN EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM {0}, PUBLIC', current_database()); END $$", "database/reachable", "GRANT CONNECT ON DATABASE")]
    public async Task A_right_that_is_missing_is_named(string revoke, string id, string grant)
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        var role = await GrantedAsync(pair);
        await DatabasePair.ExecuteAsync(pair.Main, string.Format(null, revoke, role), TestContext.Current.CancellationToken);
        await using var other = await DatabasePair.HoldAsync(pair.Main, "SELECT count(*) FROM executions; SELECT pg_sleep(1.1)", TestContext.Current.CancellationToken);

        var verdict = await AskAsync(pair, role, PreUpgrade);

        var check = verdict.Checks.Single(check => check.Id == id);
        check.Result.ShouldBe(Result.Unanswered, $"{check.Message} {check.Observed}");
        check.Remedy.ShouldNotBeNull().ShouldContain(string.Format(null, grant, role));
        verdict.Decision.ShouldBe(id == "schema/history-chain" ? Decision.Go : Decision.Undecided);
    }

    [Fact]
    public async Task A_server_that_tells_nobody_its_identifier_leaves_the_identity_unanswered()
    {
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1291);
        var role = await GrantedAsync(pair);
        await DatabasePair.ExecuteAsync(pair.Main, "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC", TestContext.Current.CancellationToken);

        var verdict = await AskAsync(pair, role, PostUpgrade, baseline => baseline with { Identity = baseline.Identity with { SystemIdentifier = "7000000000000000000" } });

        var check = verdict.Checks.Single(check => check.Id == "identity/cluster-unchanged");
        check.Result.ShouldBe(Result.Unanswered, $"{check.Message} {check.Observed}");
        check.Remedy.ShouldNotBeNull().ShouldContain($"GRANT EXECUTE ON FUNCTION pg_control_system() TO {role}");
    }

    private static async Task<PhaseVerdict> AskAsync(DatabasePair pair, string role, UpgradePhase phase, Func<Baseline, Baseline?>? before = null)
    {
        using var results = new ScratchFolder();
        var scenario = new Scenario("the role of ./run.sh grants", phase, Decision.Go)
        {
            Wiring = (_, _) => (As(pair.Main, role).Npgsql, As(pair.Visibility, role).Npgsql),
            Before = before ?? (baseline => baseline),
        };
        return await new ScenarioRun(scenario, pair, results.Path).VerdictAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Runs what the command prints, as psql would, and gives the role a password. Roles are the server's, so each test has its own.</summary>
    private static async Task<string> GrantedAsync(DatabasePair pair)
    {
        var role = $"reader_{Guid.NewGuid():N}";
        var settings = SettingsSource.Read("{}", [$"stores.main.connection={pair.Main.Npgsql}", $"stores.visibility.connection={pair.Visibility.Npgsql}"]);
        var database = pair.Main;
        foreach (var line in GrantsCommand.Script(settings, role, "public").Split('\n').Where(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal)))
        {
            if (line.StartsWith("\\connect ", StringComparison.Ordinal))
            {
                database = line == $"\\connect {pair.Visibility.Database}" ? pair.Visibility : pair.Main;
            }
            else
            {
                await DatabasePair.ExecuteAsync(database, line, TestContext.Current.CancellationToken);
            }
        }

        await DatabasePair.ExecuteAsync(pair.Main, $"ALTER ROLE {role} PASSWORD '{Password}'", TestContext.Current.CancellationToken);
        return role;
    }

    private static ConnectionText As(ConnectionText connection, string role) => connection.With(to => (to.Username, to.Password) = (role, Password));
}
