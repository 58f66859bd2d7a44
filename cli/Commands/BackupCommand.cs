using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.Cli;

/// <summary>Makes a backup of everything that a roll-back needs, in one go.</summary>
internal static class BackupCommand
{
    /// <summary>Makes it: 0 when it is whole, 2 when it could not be made, 64 when it may not be made there.</summary>
    /// <param name="folder">The folder; null = one below <c>backups</c>, named by the moment.</param>
    /// <param name="json">Whether the manifest is printed instead of a page.</param>
    /// <param name="options">The settings name the databases, the cluster and the frontends.</param>
    /// <param name="token">Ends it.</param>
    public static async Task<int> RunAsync(string? folder, bool json, CommonValues options, CancellationToken token)
    {
        if (folder is not null && S3Address.IsMeant(folder))
        {
            throw new UsageException(new Problem(
                "A backup is made on a disk: a part that was begun has to be taken up again, and renamed when it is whole.", "a folder of this machine", S3Address.Shown(folder),
                Do: "Make it in a folder, copy that (aws s3 cp --recursive, rclone copy), then prove the copy: ./run.sh verify-backup s3://…"));
        }

        // As a run does: what the settings leave open is looked for in the cluster that they name.
        var settings = RunSettings.Read(options.Config, options.Sets, null, await RunSettings.DiscoverAsync(options.Config, options.Sets, token));
        Guard.Hide(settings.Scrubber);
        if (settings.Stores.Main.Connection is not { } main)
        {
            throw new UsageException(new Problem("Nothing says which databases to back up.", "stores.main.connection and stores.visibility.connection", "not set", Do: "Name them in conformance.json, by --set, or find them with ./run.sh discover."));
        }

        var request = new BackupRequest
        {
            Folder = folder ?? Path.Combine("backups", $"{DateTimeOffset.UtcNow:yyyyMMdd-HHmmss}Z"),
            Stores = settings.Stores.Visibility.Connection is { } visibility ? [(Store.Main, main), (Store.Visibility, visibility)] : [(Store.Main, main)],
            Settings = settings,
            Limits = new ProbeLimits(settings.Database.ConnectTimeout, settings.Database.StatementTimeout),
            Tool = UpgradeUnderTest.Tool,
            Parts = BackupParts.Of(settings, KubernetesWay.Of(settings, looks: false), settings.Temporal.Provider == "none" ? [] : settings.Temporal.Address),
        };
        var screen = Screen.Error();
        await Console.Error.WriteLineAsync($"{Path.GetFullPath(request.Folder)}: at most {request.Connections} connections to each database, which are read and never written to.");
        using var progress = new BackupProgressLines(screen);
        try
        {
            var manifest = await BackupMaker.MakeAsync(request, progress, token);
            progress.Clear();
            Console.Out.Write(json ? manifest.ToJson() : settings.Scrubber.Scrub(Page(Path.GetFullPath(request.Folder), manifest)));
            return 0;
        }
        catch (OperationCanceledException)
        {
            progress.Clear();
            return NotMade("The backup was stopped; no process of it is left.", null, $"./run.sh backup {request.Folder} takes it up again, and keeps the parts that were finished.");
        }
        catch (BackupFailedException failure)
        {
            progress.Clear();
            return NotMade(failure.Message, null, failure.Remedy);
        }
        catch (ProbeException refusal)
        {
            progress.Clear();
            return NotMade(refusal.Message, refusal.Where, refusal.Remedy);
        }

        int NotMade(string what, string? where, string remedy)
        {
            Listings.Problems(Screen.Error(), "The backup was not made", [new Problem(settings.Scrubber.Scrub(what), Where: where, Do: remedy)], ExitCodes.Stopped);
            return ExitCodes.Stopped;
        }
    }

    private static string Page(string folder, BackupManifest manifest)
    {
        var lines = new List<string> { folder };
        foreach (var (name, store) in manifest.Stores)
        {
            var bytes = manifest.Files.Where(file => file.Path == store.Path || file.Path.StartsWith(store.Path + "/", StringComparison.Ordinal)).Sum(file => file.Bytes);
            lines.Add($"  {name,-10}  {store.Path}: database {store.Database} of {store.Server}, schema {store.SchemaVersion ?? "unknown"}, {store.Rows.Values.Sum():#,0} rows in {store.Rows.Count} tables, {Sizes.Bytes(bytes)}");
        }

        if (manifest.Of(Store.Main) is { } main && manifest.Of(Store.Visibility) is { } visibility)
        {
            lines.Add($"  moment      {main.Snapshot.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; the two snapshots are {(main.Snapshot - visibility.Snapshot).Duration().TotalSeconds:0.000} s apart");
        }

        if (manifest.Files.Any(file => file.Path.StartsWith("roles/", StringComparison.Ordinal)))
        {
            lines.Add("  roles       without their passwords");
        }

        if (manifest.Configuration is { } configuration)
        {
            lines.Add($"  settings    {configuration.Release ?? "no Helm release"}{(configuration.Chart is { } chart ? $", chart {chart}" : "")}; {configuration.ConfigMaps.Count} ConfigMaps, names of {configuration.Secrets.Count} Secrets; of {configuration.Source}");
            lines.AddRange(configuration.InlinePasswords.Select(place => $"              a password stands in configuration/{place}; the file may be read by you alone"));
        }

        if (manifest.Workflows is { } workflows)
        {
            lines.Add($"  workflows   {workflows.Listed:#,0} of {workflows.Running:#,0} that run, histories of {workflows.Sampled:#,0}");
        }

        lines.AddRange(manifest.LeftOut.Select(sentence => $"  left out    {sentence}"));
        lines.Add($"  proven      read to the last byte, rows as in the snapshots; checksums of {manifest.Files.Count} files in {BackupManifest.FileName}");
        lines.Add($"  do          copy it elsewhere; ./run.sh verify-backup --restore {folder}");
        return string.Join('\n', lines) + "\n";
    }
}

/// <summary>How far a backup is: one line that is drawn over where somebody looks, else a line when a part is done and one now and then.</summary>
internal sealed class BackupProgressLines(Screen screen) : IProgress<BackupProgress>, IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    private readonly StatusLine _line = new(screen.Console, screen.Options);
    private readonly Dictionary<string, BackupProgress> _parts = [];
    private readonly Dictionary<string, TimeSpan> _said = [];
    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public void Report(BackupProgress value)
    {
        lock (_lock)
        {
            _parts[value.What] = value;
            if (value.Doing is "done" or "kept")
            {
                _line.Clear();
                _parts.Remove(value.What);
                Console.Error.WriteLine(Text(value));
            }
            else if (screen.Options.Interactive)
            {
                _line.Show(string.Join("; ", _parts.Values.Select(Text)), value.Elapsed);
            }
            else if (value.Elapsed - _said.GetValueOrDefault(value.What) >= s_pause)
            {
                _said[value.What] = value.Elapsed;
                Console.Error.WriteLine(Text(value));
            }
        }
    }

    /// <summary>Erases the line.</summary>
    public void Clear() => _line.Clear();

    /// <inheritdoc/>
    public void Dispose() => Clear();

    private static string Text(BackupProgress one) => string.Join(", ", new[]
    {
        $"{one.What} {one.Doing}",
        one.Share is { } share && one.Doing == "dumping" ? $"{share * 100:0} %" : null,
        one.Bytes > 0 ? Sizes.Bytes(one.Bytes) : null,
        one.Bytes > 0 && one.Elapsed > TimeSpan.FromSeconds(1) ? $"{Sizes.Bytes((long)one.Rate)}/s" : null,
        one.Doing == "dumping" && one.Left is { } left ? $"about {Sizes.Duration(left)} left" : null,
        one.Doing == "done" ? $"{one.Elapsed.TotalSeconds:0.0} s" : null,
    }.OfType<string>());
}
