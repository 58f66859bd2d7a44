using System.Diagnostics;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

public sealed class LocalPostgresTests(PostgresServer server)
{
    [Fact]
    public async Task Both_samples_are_ready_and_gone_with_their_folder_afterwards()
    {
        string folder;
        int port;
        await using (var postgres = await StartAsync())
        {
            await Task.WhenAll(Enum.GetValues<Store>().Select(store => postgres.RestoreAsync(
                Recordings.Dump("1.27.3", store), Recordings.Database(store), TestContext.Current.CancellationToken)));
            folder = await FolderAsync(postgres);
            port = postgres.Connection("temporal").Port;
            Directory.Exists(folder).ShouldBeTrue();
        }

        Directory.Exists(folder).ShouldBeFalse();
        await OwnerProcess.UntilNothingListensAsync(port);
    }

    [Fact]
    public async Task The_server_dies_with_an_owner_who_is_killed()
    {
        var (owner, line) = await OwnerProcess.StartAsync("postgres");
        var connection = ConnectionText.Parse(line);
        var folder = await Sql.AskAsync<string>(connection, "SHOW data_directory");

        owner.Kill();

        await owner.WaitForExitAsync(TestContext.Current.CancellationToken);
        await OwnerProcess.UntilNothingListensAsync(connection.Port);
        await OwnerProcess.UntilAsync(() => !Directory.Exists(Path.GetDirectoryName(folder)));
    }

    [Fact]
    public async Task The_folder_is_removed_even_when_somebody_kills_the_server()
    {
        string folder;
        await using (var postgres = await StartAsync())
        {
            folder = await FolderAsync(postgres);
            using var postmaster = Process.GetProcessById(int.Parse(File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).First()));
            postmaster.Kill();
        }

        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task It_listens_on_loopback_only_wants_a_password_and_keeps_its_folder_to_itself()
    {
        await using var postgres = await StartAsync();
        var connection = postgres.Connection("postgres");

        (await Sql.AskAsync<string>(connection, "SHOW listen_addresses")).ShouldBe("127.0.0.1");
        (await Sql.AskAsync<string>(connection, "SHOW unix_socket_directories")).ShouldBe("");
        (await Sql.AskAsync<string>(connection, "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules")).ShouldBe("scram-sha-256");
        connection.Password.ShouldNotBeNull().Reveal().Length.ShouldBe(32);
        postgres.Description.ShouldNotContain(connection.Password!.Reveal());
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(await FolderAsync(postgres)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_named_folder_holds_the_scratch_folder()
    {
        await using var postgres = await LocalPostgres.StartAsync(Binaries(), TestContext.Current.CancellationToken, "/tmp");

        Path.GetDirectoryName(await FolderAsync(postgres)).ShouldBe("/tmp");
    }

    [Fact]
    public async Task A_start_that_is_given_up_leaves_nothing()
    {
        var before = Scratch();
        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Should.ThrowAsync<OperationCanceledException>(() => LocalPostgres.StartAsync(Binaries(), impatient.Token));

        // Other tests' servers come and go meanwhile; every folder that is there belongs to one that runs.
        foreach (var folder in Scratch().Except(before))
        {
            await OwnerProcess.UntilAsync(() => !Directory.Exists(folder) || File.Exists(Path.Combine(folder, "data", "postmaster.pid")));
        }
    }

    [Fact]
    public async Task Programs_that_fail_say_why()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell.");
        var folder = FakePrograms.Make("initdb", "echo 'initdb: error: no space left on device'; exit 1");

        var failure = await Should.ThrowAsync<EnvironmentException>(
            () => LocalPostgres.StartAsync(new PostgresBinaries(folder, 15, "test"), TestContext.Current.CancellationToken));

        failure.Message.ShouldContain("initdb: error: no space left on device");
        failure.Message.ShouldContain(folder);
        failure.Remedy.ShouldContain("postgres.binaries");
    }

    [Fact]
    public async Task A_dump_that_is_none_is_refused_with_what_pg_restore_said()
    {
        var postgres = await server.Postgres;
        var readme = Path.Combine(AppContext.BaseDirectory, "Recordings", "README.md");

        var failure = await Should.ThrowAsync<EnvironmentException>(() => postgres.RestoreAsync(readme, "no_dump", TestContext.Current.CancellationToken));

        failure.Message.ShouldContain("does not appear to be a valid archive");
    }

    private static PostgresBinaries Binaries() => PostgresSearch.Find(Facts.Settings.Defaults) is { } found
        ? found
        : throw Xunit.Sdk.SkipException.ForSkip("There is no PostgreSQL on this machine.");

    private static Task<LocalPostgres> StartAsync() => LocalPostgres.StartAsync(Binaries(), TestContext.Current.CancellationToken);

    private static async Task<string> FolderAsync(LocalPostgres postgres) =>
        Path.GetDirectoryName(await Sql.AskAsync<string>(postgres.Connection("postgres"), "SHOW data_directory"))!;

    private static List<string> Scratch() => new[] { Path.GetTempPath(), "/dev/shm" }.Where(Directory.Exists)
        .SelectMany(parent => Directory.GetDirectories(parent, "temporal-conformance-*")).ToList();
}
