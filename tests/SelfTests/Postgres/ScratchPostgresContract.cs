using System.IO.Compression;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What every PostgreSQL of our own does alike, whoever provides it.</summary>
public abstract class ScratchPostgresContract
{
    protected abstract Task<ScratchPostgres> OpenAsync();

    [Fact]
    public async Task Databases_are_restored_copied_adopted_and_dropped()
    {
        var token = TestContext.Current.CancellationToken;
        await using var postgres = await OpenAsync();
        await postgres.RestoreAsync(Recordings.Dump("1.27.3", Store.Main), "temporal", token);

        await postgres.CloneAsync("temporal", "a \"copy\"", token);

        var copy = postgres.Connection("a \"copy\"");
        (await PostgresServer.ReadAsync(copy)).Row.ShouldBeNull();
        await postgres.AdoptAsync(copy.Database, token);
        var reading = await PostgresServer.ReadAsync(copy);
        reading.Row.ShouldNotBeNull().Version.ShouldBe(new SchemaVersion(1, 16));
        reading.ServerMajor.ShouldBe(postgres.Major);
        (await Sql.AskAsync<long>(copy, "SELECT count(*) FROM current_executions")).ShouldBe(359);

        await using (await Sql.OpenAsync(copy))
        {
            await postgres.DropAsync(copy.Database, token);
            await postgres.DropAsync(copy.Database, token);
        }

        (await Sql.AskAsync<long>(postgres.Connection("postgres"), "SELECT count(*) FROM pg_database WHERE NOT datistemplate")).ShouldBe(2);
        postgres.Description.ShouldContain($"{postgres.Connection("x").Host}:{postgres.Connection("x").Port}");
    }

    [Fact]
    public async Task Plain_and_packed_dumps_are_restored_as_others_are()
    {
        var token = TestContext.Current.CancellationToken;
        using var folder = new ScratchFolder();
        var (plain, packed) = (Path.Combine(folder.Path, "temporal.sql"), Path.Combine(folder.Path, "temporal.dump.gz"));
        await ClientPrograms.RunAsync(Installations.Local().Restore, null, "--file", plain, Recordings.Dump("1.27.3", Store.Main));
        await using (var dump = File.OpenRead(Recordings.Dump("1.27.3", Store.Main)))
        await using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
        {
            await dump.CopyToAsync(gzip, token);
        }

        await using var postgres = await OpenAsync();

        await postgres.RestoreAsync(new DumpToRestore(Store.Main, plain, 0, ArchiveForm.Plain), "plain", token);
        await postgres.RestoreAsync(new DumpToRestore(Store.Main, packed, 0, ArchiveForm.Custom, ArchiveCompression.Gzip), "packed", token);

        foreach (var database in (string[])["plain", "packed"])
        {
            (await Sql.AskAsync<long>(postgres.Connection(database), "SELECT count(*) FROM current_executions")).ShouldBe(359);
        }

        File.AppendAllText(plain, "SELECT no_such_function();\n");
        (await Should.ThrowAsync<EnvironmentException>(postgres.RestoreAsync(new DumpToRestore(Store.Main, plain, 0, ArchiveForm.Plain), "broken", token))).Message.ShouldContain("no_such_function");
        File.AppendAllText(plain, "\\! ls\n");
        (await Should.ThrowAsync<ScriptRefusedException>(postgres.RestoreAsync(new DumpToRestore(Store.Main, plain, 0, ArchiveForm.Plain), "refused", token))).Message.ShouldContain("\\!");
    }

    [Fact]
    public async Task It_is_gone_once_disposed_and_disposing_twice_is_fine()
    {
        var postgres = await OpenAsync();
        var port = postgres.Connection("postgres").Port;
        await postgres.CreateAsync("something", TestContext.Current.CancellationToken);

        await postgres.DisposeAsync();
        await postgres.DisposeAsync();

        await OwnerProcess.UntilNothingListensAsync(port);
        postgres.Name.ShouldBeOneOf("local", "containers");
    }
}

public sealed class LocalPostgresContract : ScratchPostgresContract
{
    protected override async Task<ScratchPostgres> OpenAsync()
    {
        var found = PostgresSearch.Find(Facts.Settings.Defaults);
        Assert.SkipUnless(found is not null, "There is no PostgreSQL on this machine.");
        return await LocalPostgres.StartAsync(found!, TestContext.Current.CancellationToken);
    }
}

public sealed class ContainerPostgresContract : ScratchPostgresContract
{
    protected override Task<ScratchPostgres> OpenAsync() => Containers.OpenAsync();
}

internal static class Containers
{
    /// <summary>The image that <c>.ci/local-postgres-image</c> makes where no registry of images can be reached.</summary>
    private const string ImageVariable = "TEMPORAL_CONFORMANCE_TEST_IMAGE";

    /// <summary>A PostgreSQL in a container; skips the test with the reason where there is none to be had.</summary>
    public static async Task<ScratchPostgres> OpenAsync()
    {
        var token = TestContext.Current.CancellationToken;
        if (Environment.GetEnvironmentVariable(ImageVariable) is { Length: > 0 } image)
        {
            // Whoever names an image has it: not to start it is a failure.
            return await ContainerPostgres.StartAsync(image, token);
        }

        try
        {
            return await ContainerPostgres.StartAsync(Facts.Settings.Defaults.Postgres.Image, token);
        }
        catch (EnvironmentException unavailable)
        {
            Assert.Skip(unavailable.Message);
            throw;
        }
    }
}
