using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Cli;

/// <summary>Proves a backup by its files alone, or by restoring them too: nobody is asked, no cluster and no database of the user's.</summary>
internal static class VerifyBackupCommand
{
    /// <summary>Stands for standard input.</summary>
    private const string Pipe = "-";

    private const string Places = "a folder with the dumps of both databases, one dump, s3://bucket/prefix, or - for standard input";

    /// <summary>Reads and judges it; the exit code is that of the verdict.</summary>
    /// <param name="place">A folder with dumps, one dump, either of them at an S3-compatible place too, or <c>-</c>.</param>
    /// <param name="cluster">The id of the cluster it has to be of; null = any.</param>
    /// <param name="restore">Whether it is restored into a PostgreSQL of our own.</param>
    /// <param name="json">Whether JSON is printed instead of the page.</param>
    /// <param name="options">The settings say how old it may be, and whether there is a visibility store in PostgreSQL.</param>
    /// <param name="token">Ends it.</param>
    public static async Task<int> RunAsync(string place, string? cluster, bool restore, bool json, CommonValues options, CancellationToken token)
    {
        if (restore && place == Pipe)
        {
            throw new UsageException(new Problem("What came through a pipe is gone, and cannot be restored.", "a folder or a file", place, "--restore", "Name the backup's folder."));
        }

        var settings = RunSettings.Read(options.Config, options.Sets);
        Guard.Hide(settings.Scrubber);
        if (S3Address.IsMeant(place) && !S3Address.TryParse(place, out _))
        {
            throw new UsageException(new Problem("That is no place of a backup.", $"{Places}; {S3Address.Wanted}", S3Address.Shown(place)));
        }

        // The catalog and pg_restore's version take longer than reading a small dump does.
        var terms = Task.Run(() => Terms(settings, cluster), token);
        BackupSet set;
        try
        {
            set = await ReadAsync(place, settings, token);
        }
        catch (S3RefusedException refusal)
        {
            Listings.Problems(Screen.Error(), "The backup could not be read", [new Problem(settings.Scrubber.Scrub(refusal.Message), Where: place, Do: refusal.Remedy)], ExitCodes.Stopped);
            return ExitCodes.Stopped;
        }

        var verdict = BackupVerdict.Of(set, await terms, restore ? await RestoredBackup.RestoreAsync(settings, RestoreJudgement.Triable(set), token) : null);
        if (json)
        {
            Console.Out.WriteLine(BackupReport.Json(verdict));
        }
        else
        {
            var screen = Screen.Output();
            screen.Write(BackupPage.Of(screen.NewPage(), verdict));
        }

        return verdict.Decision.ExitCode();
    }

    private static BackupTerms Terms(Settings settings, string? cluster) => new()
    {
        Now = DateTimeOffset.UtcNow,
        MaxAge = settings.Backup.MaxAge,
        MostApart = settings.Backup.MaxApart,
        Cluster = cluster,
        HasVisibility = settings.Stores.Visibility.Kind == "postgresql",
        RestoreMajor = PostgresSearch.FindRestore(settings),
        Shapes = ReleaseCatalog.Load(settings.CatalogExtra).Shapes,
    };

    private static async Task<BackupSet> ReadAsync(string place, Settings settings, CancellationToken token)
    {
        var progress = new ReadingProgress(Screen.Error());
        try
        {
            if (place != Pipe)
            {
                using var places = new FilePlaces(settings.Backup.S3);
                return await BackupSet.ReadAsync(await places.OpenAsync(place, token), progress.Show, token);
            }

            await using var input = Console.OpenStandardInput();
            return BackupSet.Of(BackupProbe.Read(input, BackupProbe.StandardInput, bytes => progress.Show(BackupProbe.StandardInput, bytes), token));
        }
        catch (Exception refusal) when (refusal is (IOException and not S3RefusedException) or UnauthorizedAccessException)
        {
            throw new UsageException(new Problem("There is no backup to be read.", Places, refusal.Message, place));
        }
        finally
        {
            progress.Clear();
        }
    }
}
