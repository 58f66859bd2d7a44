using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>What a command that asks phases has read before it starts.</summary>
/// <param name="Options">Its flags.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Catalog">The catalog, with what the settings add.</param>
/// <param name="Roll">All checks.</param>
/// <param name="Waivers">The waivers.</param>
/// <param name="Results">The results folder, absolute.</param>
/// <param name="Found">What was found in the cluster that the settings name.</param>
internal sealed record CommandRun(
    CommonValues Options,
    Settings Settings,
    ReleaseCatalog Catalog,
    CheckRoll Roll,
    IReadOnlyList<Waiver> Waivers,
    string Results,
    Discovered Found)
{
    private const string WaiversFile = "waivers.json";

    /// <summary>Reads settings, catalog and waivers.</summary>
    /// <exception cref="SettingsException">The settings are wrong.</exception>
    /// <exception cref="CatalogException">catalog.extra is wrong.</exception>
    /// <exception cref="WaiverException">The waivers are wrong.</exception>
    public static CommandRun Read(CommonValues options) => Read(options, Discovered.Nothing);

    /// <summary>The same for a command that asks a phase: what the settings leave open is looked for in the cluster that they name.</summary>
    /// <inheritdoc cref="Read(CommonValues)"/>
    public static async Task<CommandRun> DiscoverAsync(CommonValues options, CancellationToken token)
    {
        var before = RunSettings.Preview(options.Config, options.Sets);
        if (KubernetesWay.Of(before, looks: false) is null)
        {
            return Read(options);
        }

        Guard.Hide(before.Scrubber);
        // From here on others are asked, which takes its time: an earlier verdict must not outlive that.
        ResultsFolder.Begin(Path.GetFullPath(options.Results), Verdict.Unfinished(IdentityOf(before, ReleaseCatalog.Load(before.CatalogExtra))));
        return Read(options, await RunDiscovery.FindAsync(before, token));
    }

    private static CommandRun Read(CommonValues options, Discovered found)
    {
        var roll = CheckRoll.Embedded();
        var ids = roll.Checks.Select(check => check.Id).ToHashSet();
        var settings = RunSettings.Read(options.Config, options.Sets, ids, found);
        Guard.Hide(settings.Scrubber);
        var waivers = options.Waivers ?? (File.Exists(WaiversFile) ? WaiversFile : null);
        return new CommandRun(
            options,
            settings,
            ReleaseCatalog.Load(settings.CatalogExtra),
            roll,
            waivers is null ? [] : WaiverFile.Parse(File.ReadAllText(waivers), roll, waivers),
            Path.GetFullPath(options.Results),
            found);
    }

    /// <summary>Who judges, before any phase has said what about.</summary>
    public VerdictIdentity Identity => IdentityOf(Settings, Catalog);

    private static VerdictIdentity IdentityOf(Settings settings, ReleaseCatalog catalog) => new()
    {
        Tool = UpgradeUnderTest.Tool,
        CatalogDate = catalog.Date.ToString("yyyy-MM-dd"),
        Judged = DateTimeOffset.UtcNow,
        Target = settings.Target.ToString(),
        SettingsDigest = settings.Digest,
    };
}
