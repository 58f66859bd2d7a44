using System.Diagnostics;
using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>
/// A small file system of its own (tmpfs) as a tablespace of a server of ours, which can be filled to the last byte: databases
/// in it cannot grow, while the server's log of changes, elsewhere, goes on. Unmounted by disposal, or when this process dies.
/// </summary>
internal sealed class FullDisk : IAsyncDisposable
{
    /// <summary>$1 where, $2 size in MiB, $3 the owner.</summary>
    private const string Script = """
        exec 2>&1
        trap '' HUP INT TERM PIPE
        mkdir "$1" && mount -t tmpfs -o "size=$2m,mode=0700,uid=$(id -u "$3")" tmpfs "$1" || { rmdir "$1"; exit 1; }
        echo mounted
        while read -r line; do :; done
        umount -l "$1" && rmdir "$1"
        """;

    private readonly Process guard;
    private readonly LocalPostgres server;
    private readonly string folder;
    private readonly List<string> databases = [];
    private bool hasTemplate;

    private FullDisk(Process guard, LocalPostgres server, string folder) => (this.guard, this.server, this.folder) = (guard, server, folder);

    private string Tablespace => Path.GetFileName(folder);

    /// <summary>Mounts a file system; skips the test where that needs a right that we lack.</summary>
    public static async Task<FullDisk> MountAsync(LocalPostgres server, int mebibytes = 96)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can mount a file system of a given size.");
        var folder = Path.Combine(Unprivileged.ScratchParent(), $"temporal_conformance_{Guid.NewGuid():N}");
        var guard = Process.Start(OwnSession.Shell(Script, folder, $"{mebibytes}", Unprivileged.User()!))!;
        var said = await guard.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (said != "mounted")
        {
            await guard.WaitForExitAsync(CancellationToken.None);
            guard.Dispose();
            Assert.Skip($"This machine lets root not mount a file system: {said}");
        }

        var disk = new FullDisk(guard, server, folder);
        await Sql.RunAsync(server.Connection("postgres"), $"CREATE TABLESPACE {disk.Tablespace} LOCATION '{folder}'");
        return disk;
    }

    /// <summary>Copies one of the server's databases onto the small file system.</summary>
    public async Task<ConnectionText> CopyAsync(string template)
    {
        var name = $"on_small_disk_{databases.Count}";
        await Sql.RunAsync(server.Connection("postgres"), $"CREATE DATABASE {name} TEMPLATE {template} TABLESPACE {Tablespace}");
        databases.Add(name);
        await server.AdoptAsync(name, TestContext.Current.CancellationToken);
        return server.Connection(name);
    }

    /// <summary>Lets every database that is made empty on the server lie on the small file system.</summary>
    public async Task TakeNewDatabasesAsync()
    {
        await Sql.RunAsync(server.Connection("postgres"), $"ALTER DATABASE template0 SET TABLESPACE {Tablespace}");
        hasTemplate = true;
    }

    /// <summary>Leaves so many free bytes, or not one.</summary>
    public void Fill(long leaving = 0)
    {
        using var filler = new FileStream(Path.Combine(folder, "filler"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var chunk = new byte[1 << 20]; chunk.Length > 0;)
        {
            if (leaving > 0 && Free - chunk.Length < leaving)
            {
                return;
            }

            try
            {
                filler.Write(chunk);
            }
            catch (IOException)
            {
                // No room for so much; half of it may fit.
                chunk = new byte[chunk.Length / 2];
            }
        }
    }

    /// <summary>The bytes that are taken.</summary>
    public long Taken => new DriveInfo(folder).TotalSize - Free;

    /// <summary>The bytes that are free.</summary>
    public long Free => new DriveInfo(folder).AvailableFreeSpace;

    public async ValueTask DisposeAsync()
    {
        File.Delete(Path.Combine(folder, "filler"));
        foreach (var database in databases)
        {
            await server.DropAsync(database, CancellationToken.None);
        }

        if (hasTemplate)
        {
            await Sql.RunAsync(server.Connection("postgres"), "ALTER DATABASE template0 SET TABLESPACE pg_default");
        }

        await Sql.RunAsync(server.Connection("postgres"), $"DROP TABLESPACE IF EXISTS {Tablespace}");
        guard.StandardInput.Close();
        await guard.WaitForExitAsync();
        guard.Dispose();
    }
}
