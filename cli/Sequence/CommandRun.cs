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
internal sealed record CommandRun(
    CommonValues Options,
    Settings Settings,
    ReleaseCatalog Catalog,
    CheckRoll Roll,
    IReadOnlyList<Waiver> Waivers,
    string Results)
{
    private const string WaiversFile = "waivers.json";

    /// <summary>Reads settings, catalog and waivers.</summary>
    /// <exception cref="SettingsException">The settings are wrong.</exception>
    /// <exception cref="CatalogException">catalog.extra is wrong.</exception>
    /// <exception cref="WaiverException">The waivers are wrong.</exception>
    public static CommandRun Read(CommonValues options)
    {
        var roll = CheckRoll.Embedded();
        var ids = roll.Checks.Select(check => check.Id).ToHashSet();
        var settings = RunSettings.Read(options.Config, options.Sets, ids);
        Guard.Hide(settings.Scrubber);
        var waivers = options.Waivers ?? (File.Exists(WaiversFile) ? WaiversFile : null);
        return new CommandRun(
            options,
            settings,
            ReleaseCatalog.Load(settings.CatalogExtra),
            roll,
            waivers is null ? [] : WaiverFile.Parse(File.ReadAllText(waivers), roll, waivers),
            Path.GetFullPath(options.Results));
    }

    /// <summary>Who judges, before any phase has said what about.</summary>
    public VerdictIdentity Identity => new()
    {
        Tool = UpgradeUnderTest.Tool,
        CatalogDate = Catalog.Date.ToString("yyyy-MM-dd"),
        Judged = DateTimeOffset.UtcNow,
        Target = Settings.Target.ToString(),
        SettingsDigest = Settings.Digest,
    };
}
