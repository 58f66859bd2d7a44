using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Backups made of the recorded dumps, and the terms they meet.</summary>
internal static class BackupSamples
{
    public const string Cluster1273 = "0f80f381-efe3-441b-aa75-05d249ceb4e1";

    private static readonly Lazy<ReleaseCatalog> s_catalog = new(() => ReleaseCatalog.Load());

    /// <summary>Ten minutes after the recorded dumps were begun, by the heartbeats in them.</summary>
    public static DateTimeOffset Soon(BackupSet set) => set.Main?.LastHeartbeat is { } beat ? beat.AddMinutes(10) : DateTimeOffset.UnixEpoch;

    /// <summary>Terms that a backup meets soon after it was made.</summary>
    public static BackupTerms Terms(BackupSet set) => new()
    {
        Now = Soon(set),
        MaxAge = TimeSpan.FromHours(24),
        Zone = TimeZoneInfo.Utc,
        RestoreMajor = 15,
        Shapes = s_catalog.Value.Shapes,
    };

    /// <summary>A folder with both recorded dumps, written when they were made.</summary>
    public static void Write(string folder, string release = "1.29.1")
    {
        foreach (var store in Enum.GetValues<Store>())
        {
            Write(folder, $"{Recordings.Database(store)}.dump", File.ReadAllBytes(Recordings.Dump(release, store)));
        }
    }

    /// <summary>A file among them.</summary>
    public static void Write(string folder, string name, byte[] bytes) => File.WriteAllBytes(Path.Combine(folder, name), bytes);

    public static Task<BackupSet> ReadAsync(string path) => BackupSet.ReadAsync(new DiskPlace(path), null, TestContext.Current.CancellationToken);

    /// <summary>What <c>./run.sh backup</c> writes last into a folder with both recorded dumps.</summary>
    public static async Task WriteManifestAsync(string folder, DateTimeOffset begun)
    {
        var files = new List<BackupFile>();
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            files.Add(await BackupManifest.FileAsync(new DiskPlace(folder), Path.GetFileName(file), TestContext.Current.CancellationToken));
        }

        var manifest = new BackupManifest { Schema = BackupManifest.CurrentSchema, Tool = "self-tests", Begun = begun, Finished = begun, Cluster = new(null, null, null), Stores = new Dictionary<string, BackupStore>(), Files = files, LeftOut = [] };
        await File.WriteAllTextAsync(Path.Combine(folder, BackupManifest.FileName), manifest.ToJson(), TestContext.Current.CancellationToken);
    }

    public static DumpCopy Copy(Store store, string release = "1.29.1") => DumpCopy.Of(Recordings.Dump(release, store));

    /// <summary>The ids that are not met, with their answers.</summary>
    public static Dictionary<string, AnswerText> NotMet(this BackupVerdict verdict) =>
        verdict.Answers.Where(answer => answer.Text.Result != Result.Met).ToDictionary(answer => answer.Check, answer => answer.Text);
}
