using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class MigrationCommandsTests
{
    private const string Password = "planted-secret";

    private static readonly Ground s_ground = new()
    {
        Name = "external",
        Description = "A test.",
        Main = ConnectionText.Parse($"postgresql://migrator:{Password}@db.example.com:6432/temporal?sslmode=verify-full&sslrootcert=/tls/ca.pem"),
        Visibility = ConnectionText.Parse($"Host=db.example.com;Database=temporal_visibility;Username=migrator;Password={Password};SSL Mode=Require"),
        IsExternal = true,
    };

    [Fact]
    public async Task Each_command_gets_its_stores_connection_as_the_real_tool_reads_it()
    {
        var (report, lines) = await RunAsync("env | grep ^SQL_ | sort", "env | grep ^SQL_ | sort");

        report.Succeeded.ShouldBeTrue();
        report.Stores.Select(store => (store.Store, store.ExitCode)).ShouldBe([(Store.Main, 0), (Store.Visibility, 0)]);
        lines.ShouldBe([
            "SQL_DATABASE=temporal", "SQL_HOST=db.example.com", "SQL_PASSWORD=***", "SQL_PLUGIN=postgres12", "SQL_PORT=6432",
            "SQL_TLS=true", "SQL_TLS_CA_FILE=/tls/ca.pem", "SQL_USER=migrator",
            "SQL_DATABASE=temporal_visibility", "SQL_HOST=db.example.com", "SQL_PASSWORD=***", "SQL_PLUGIN=postgres12", "SQL_PORT=5432",
            "SQL_TLS=true", "SQL_TLS_DISABLE_HOST_VERIFICATION=true", "SQL_USER=migrator",
        ]);
    }

    [Fact]
    public async Task The_password_really_is_there()
    {
        var (report, _) = await RunAsync($"test \"$SQL_PASSWORD\" = {Password}", null);

        report.Stores.ShouldHaveSingleItem().Failure.ShouldBeNull();
    }

    [Fact]
    public async Task A_command_that_fails_ends_the_migration_with_its_exit_code()
    {
        var (report, lines) = await RunAsync("echo to stderr >&2; exit 3", "echo never");

        report.Stores.ShouldHaveSingleItem().ExitCode.ShouldBe(3);
        report.Failure.ShouldBe("migration.main.command ended with exit code 3 on migrator@db.example.com:6432/temporal.");
        lines.ShouldBe(["to stderr"]);
    }

    [Fact]
    public async Task A_store_without_a_database_is_a_failure_and_a_store_without_a_command_is_left_alone()
    {
        var (report, _) = await RunAsync(null, "true", s_ground with { Visibility = null });

        report.Stores.ShouldHaveSingleItem().Failure.ShouldNotBeNull().ShouldContain("stores.visibility.connection is not set");
    }

    [Fact]
    public async Task Our_own_settings_and_the_test_platforms_variables_stay_ours()
    {
        Environment.SetEnvironmentVariable("TEMPORAL_CONFORMANCE__TEMPORAL__APIKEY", Password);
        Environment.SetEnvironmentVariable("TESTINGPLATFORM_EXITCODE_IGNORE", "2");
        try
        {
            var (_, lines) = await RunAsync("env | grep -c -e ^TEMPORAL_CONFORMANCE__ -e ^TESTINGPLATFORM_; true", null);

            lines.ShouldBe(["0"]);
        }
        finally
        {
            Environment.SetEnvironmentVariable("TEMPORAL_CONFORMANCE__TEMPORAL__APIKEY", null);
            Environment.SetEnvironmentVariable("TESTINGPLATFORM_EXITCODE_IGNORE", null);
        }
    }

    [Fact]
    public async Task Cancelling_ends_the_command_with_everything_it_started()
    {
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource<int[]>();
        // A child that ignores the polite request, and one in the background.
        var running = MigrationCommands.RunAsync(
            Settings("sh -c 'trap \"\" TERM; while :; do sleep 5; done' & one=$!; sleep 600 & echo $$ $one $!; wait", null),
            s_ground, new Lines(line => started.TrySetResult([.. line.Split(' ').Select(int.Parse)])), cancel.Token);
        var processes = await started.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
        foreach (var process in processes)
        {
            await OwnerProcess.UntilAsync(() => !IsRunning(process));
        }
    }

    [Fact]
    public async Task What_a_command_left_in_the_background_is_ended_too()
    {
        var (report, lines) = await RunAsync("sleep 600 & echo $!", null);

        report.Succeeded.ShouldBeTrue();
        await OwnerProcess.UntilAsync(() => !IsRunning(int.Parse(lines.ShouldHaveSingleItem())));
    }

    private static bool IsRunning(int process) => File.Exists("/proc/self/stat")
        ? File.Exists($"/proc/{process}/stat") && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal)
        : System.Diagnostics.Process.GetProcesses().Any(one => one.Id == process);

    private static async Task<(MigrationReport Report, List<string> Lines)> RunAsync(string? main, string? visibility, Ground? ground = null)
    {
        List<string> lines = [];
        var report = await MigrationCommands.RunAsync(Settings(main, visibility), ground ?? s_ground, new Lines(lines.Add), TestContext.Current.CancellationToken);
        return (report, lines);
    }

    private static Facts.Settings Settings(string? main, string? visibility)
    {
        var sets = new Dictionary<string, string>();
        foreach (var (key, command) in new[] { ("migration.main.command", main), ("migration.visibility.command", visibility) })
        {
            if (command is not null)
            {
                sets[key] = command;
            }
        }

        return SettingsReader.Read(null, sets, new Dictionary<string, string?>());
    }

    private sealed class Lines(Action<string> add) : IProgress<string>
    {
        public void Report(string value)
        {
            lock (this)
            {
                add(value);
            }
        }
    }
}
