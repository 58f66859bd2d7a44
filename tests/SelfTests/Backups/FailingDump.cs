using System.Globalization;
using TemporalConformance.Environments;

namespace TemporalConformance.SelfTests;

/// <summary>Client programs of which pg_dump fails for one store, as it does on a full disk, or waits until it is stopped; else it is the real one.</summary>
internal sealed class FailingDump : IDisposable
{
    private const UnixFileMode Program = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly ScratchFolder _folder = new();

    public FailingDump(string store, bool waits = false)
    {
        var real = PostgresSearch.Find(Facts.Settings.Defaults)!.Folder;
        var stem = store == "main" ? "temporal.dump" : "temporal_visibility.dump";
        var fails = waits
            ? $"echo $$ >{_folder.Path}/pid.new; mv {_folder.Path}/pid.new {_folder.Path}/pid; exec tail -f /dev/null"
            : "echo 'pg_dump: error: could not write to output file: No space left on device' >&2; exit 1";
        Write("pg_dump", $"""
            #!/bin/sh
            printf '%s\n' "$*" >>{_folder.Path}/arguments
            case "$*" in
              *--version*) exec {real}/pg_dump --version ;;
              *{stem}.partial*) printf PGDMP >{_folder.Path}/partial; {fails} ;;
              *) exec {real}/pg_dump "$@" ;;
            esac
            """);
        Write("pg_dumpall", $"#!/bin/sh\nexec {real}/pg_dumpall \"$@\"\n");
    }

    /// <summary>The folder for <c>postgres.binaries</c>.</summary>
    public string Folder => _folder.Path;

    /// <summary>Every command line it was started with.</summary>
    public string Arguments => File.ReadAllText(Path.Combine(Folder, "arguments"));

    /// <summary>The process that waits.</summary>
    public int ProcessId => int.Parse(File.ReadAllText(Path.Combine(Folder, "pid")), CultureInfo.InvariantCulture);

    /// <summary>Returns when the process that waits has begun.</summary>
    public async Task BegunAsync(CancellationToken token)
    {
        using var watcher = new FileSystemWatcher(Folder, "pid");
        var there = new TaskCompletionSource();
        watcher.Renamed += (_, _) => there.TrySetResult();
        watcher.EnableRaisingEvents = true;
        if (!File.Exists(Path.Combine(Folder, "pid")))
        {
            await there.Task.WaitAsync(token);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private void Write(string name, string script)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, script);
        FakePrograms.SetMode(path, Program);
    }
}
