using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>One run of PreUpgrade on the files of an upgrade alone, as a pipeline would ask it: values, render, chart.</summary>
internal sealed record FilesOfUpgrade
{
    /// <summary>The chart's version.</summary>
    public required string Chart { get; init; }

    /// <summary>The texts of the values files, in their order.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>The render; null where there is none.</summary>
    public string? Render { get; init; }

    /// <summary>What <c>helm template</c> says on its error output instead of rendering; null where it is not asked.</summary>
    public string? Refusal { get; init; }

    /// <summary>The release to upgrade to; null = the chart's own.</summary>
    public string? Target { get; init; }

    /// <summary>The manifest of the release that is installed; null = that of the usual production values, by an older chart.</summary>
    public string? Installed { get; init; }

    /// <summary>Asks about values that the chart refuses to render, as a recording of it says.</summary>
    /// <param name="chart">The chart's version.</param>
    /// <param name="values">The text of the values file.</param>
    /// <param name="folder">The recording's folder below <c>helm</c>.</param>
    public static Task<PhaseVerdict> RefusedAsync(string chart, string values, params string[] folder) =>
        new FilesOfUpgrade { Chart = chart, Values = [values], Refusal = FormatFiles.Recorded(["helm", .. folder, "error.txt"]) }.AskAsync();

    /// <summary>Asks what judges these files. Stores are migrated beforehand, and changed defaults are accepted.</summary>
    public async Task<PhaseVerdict> AskAsync()
    {
        using var folder = new ScratchFolder();
        var catalog = ReleaseCatalog.Load();
        var target = ServerVersion.Parse(Target ?? catalog.FindChart(Chart).ShouldNotBeNull(Chart).Server.ToString());
        // The minor version below, as it should be.
        var running = catalog.Releases.Last(release => release.Version.Line < target.Line && DynamicConfigKeys.For(release.Version) is not null && release.KnownBad is null).Version;
        var sets = new Dictionary<string, string>
        {
            ["scope.only"] = "values,dynamic,path/known-bad-release,cluster/images-known,cluster/custom-images,cluster/image-tools",
            ["running"] = running.ToString(),
            ["target"] = target.ToString(),
            ["migration.first"] = "true",
            ["baseline.path"] = Path.Combine(folder.Path, "baseline.json"),
            ["helm.chart"] = Chart,
            ["helm.installed"] = Write("installed.yaml", Installed ?? FormatFiles.Text("rendered-0.72.0.yaml").Replace("temporal-0.72.0", "temporal-0.60.0", StringComparison.Ordinal)),
            ["dynamic.acknowledged"] = string.Join(',', DynamicConfigKeys.ChangedDefaults(DynamicConfigKeys.For(running)!, DynamicConfigKeys.For(target)!).Select(pair => pair.To.Name)),
        };
        if (Values.Count > 0)
        {
            sets["helm.values"] = string.Join(',', Values.Select((text, at) => Write($"values-{at}.yaml", text)));
        }

        if (Render is not null)
        {
            sets["helm.manifests"] = Write("rendered.yaml", Render);
        }

        if (Refusal is not null)
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, "chart"));
            Write("chart/Chart.yaml", $"apiVersion: v2\nname: temporal\nversion: {Chart}\n");
            sets["helm.chartPath"] = Path.Combine(folder.Path, "chart");
            sets["helm.program"] = HelmReplay.Write(folder.Path, said: Write("refusal", Refusal), exitCode: 1);
        }

        return await PhaseRun.AskAsync(UpgradePhase.PreUpgrade, folder.Path, sets);

        string Write(string name, string text)
        {
            var path = Path.Combine(folder.Path, name);
            File.WriteAllText(path, text);
            return path;
        }
    }
}

/// <summary>An executable that says what the real <c>helm</c> said.</summary>
internal static class HelmReplay
{
    /// <summary>Writes it.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="prints">The file that it prints; null = nothing.</param>
    /// <param name="said">The file that it prints on the error output; null = nothing.</param>
    /// <param name="exitCode">What it ends with.</param>
    /// <returns>Its path.</returns>
    public static string Write(string folder, string? prints = null, string? said = null, int exitCode = 0)
    {
        var path = Path.Combine(folder, "helm");
        File.WriteAllText(path, $"#!/bin/sh\n{(prints is null ? "" : $"cat '{prints}'\n")}{(said is null ? "" : $"cat '{said}' >&2\n")}exit {exitCode}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}

/// <summary>Every chart version that was rendered, with the values of a production installation: the good ones are green, and the known-bad ones are not.</summary>
public sealed class RenderedChartScenarios
{
    public static TheoryData<string> Charts => [.. FormatFiles.Charts.Where(chart => chart != "0.70.0")];

    [Theory]
    [MemberData(nameof(Charts))]
    public async Task A_good_chart_is_green(string chart)
    {
        var verdict = await new FilesOfUpgrade
        {
            Chart = chart,
            Values = [FormatFiles.Text(FormatFiles.ValuesOf(chart))],
            Render = chart is "0.72.0" or "1.6.0" ? FormatFiles.Text($"rendered-{chart}.yaml") : FormatFiles.Recorded("helm", chart, "rendered.yaml"),
        }.AskAsync();

        verdict.ShouldAnswer("", "");
        verdict.Decision.ShouldBe(Decision.Go);
        verdict.Run!.Changes[0].What.ShouldBe("runs", "the schema's Job stands first");
    }

    [Fact]
    public async Task Chart_0_70_0_as_it_renders_is_red() => (await new FilesOfUpgrade
    {
        Chart = "0.70.0",
        Values = [FormatFiles.Text("values-0.x.yaml")],
        Render = FormatFiles.Recorded("helm", "0.70.0", "rendered.yaml"),
        Target = "1.29.1",
    }.AskAsync()).ShouldAnswer(KnownBadChartScenarios.Red, "");
}

/// <summary>Charts that nobody should install.</summary>
public sealed class KnownBadChartScenarios
{
    /// <summary>Two checks say so: the one that knows charts, and the one that looks at what the upgrade installs.</summary>
    public const string Red = "path/known-bad-release values/chart-pinned";

    /// <summary>The render of a good chart with the label and the images of a bad one.</summary>
    [Theory]
    [InlineData("0.68.0", "1.29.1")]
    [InlineData("0.70.0", "1.29.1")]
    [InlineData("0.71.0", "1.29.1")]
    [InlineData("1.0.0-rc.2", "1.29.2")]
    [InlineData("1.1.0", "1.30.3")]
    public async Task A_known_bad_chart_is_red(string chart, string target)
    {
        var of = ReleaseCatalog.Load().FindChart(chart).ShouldNotBeNull();
        var (good, values) = chart[0] == '0' ? ("0.72.0", "values-0.x.yaml") : ("1.6.0", "values-1.x.yaml");
        var known = ReleaseCatalog.Load().FindChart(good).ShouldNotBeNull();
        var render = FormatFiles.Text($"rendered-{good}.yaml")
            .Replace($"temporal-{good}", $"temporal-{chart}", StringComparison.Ordinal)
            .Replace($"server:{known.Server}", $"server:{of.Server}", StringComparison.Ordinal)
            .Replace($"admin-tools:{known.AdminToolsTag}", $"admin-tools:{of.AdminToolsTag}", StringComparison.Ordinal)
            .Replace($"ui:{known.UiTag}", $"ui:{of.UiTag}", StringComparison.Ordinal);

        (await new FilesOfUpgrade { Chart = chart, Values = [FormatFiles.Text(values)], Render = render, Target = target }.AskAsync()).ShouldAnswer(Red, "");
    }
}

/// <summary>What the guide's values make of charts, alone, over the values of a production installation, and where the chart refuses them.</summary>
public sealed class GuideValuesScenarios
{
    private const string Alone = "values/format-matches-chart values/persistence-equals-live values/chart-pinned cluster/images-known";
    private const string OverProduction = "values/format-matches-chart values/chart-pinned cluster/images-known";

    [Theory]
    [InlineData("0.63.0", Alone)]
    [InlineData("0.69.0", Alone)]
    [InlineData("0.72.0", Alone)]
    [InlineData("0.73.2", Alone + " cluster/image-tools")]
    [InlineData("0.74.0", Alone + " cluster/image-tools")]
    public async Task Alone_on_a_chart_that_renders_them(string chart, string violated)
    {
        var verdict = await new FilesOfUpgrade
        {
            Chart = chart,
            Values = [FormatFiles.Text("guide-values-1.29.yaml")],
            Render = FormatFiles.Recorded("helm", "guide-values", chart, "rendered.yaml"),
        }.AskAsync();

        verdict.ShouldAnswer(violated, "");
    }

    [Theory]
    [InlineData("1.0.0-rc.1")]
    [InlineData("1.0.0")]
    [InlineData("1.6.0")]
    public async Task Alone_on_a_chart_that_refuses_them(string chart)
    {
        var verdict = await FilesOfUpgrade.RefusedAsync(chart, FormatFiles.Text("guide-values-1.29.yaml"), "guide-values", chart);

        verdict.ShouldAnswer($"{Alone} values/render-accepted", "");
        "No valid driver configured for default store".ShouldBeIn(verdict.Of("values/render-accepted"));
    }

    [Theory]
    [InlineData("0.72.0", "values-0.x.yaml", OverProduction)]
    [InlineData("0.73.2", "values-0.x.yaml", OverProduction)]
    [InlineData("1.6.0", "values-1.x.yaml", OverProduction + " values/no-unknown-static-keys")]
    public async Task Over_the_values_of_production(string chart, string production, string violated)
    {
        var verdict = await new FilesOfUpgrade
        {
            Chart = chart,
            Values = [FormatFiles.Text(production), FormatFiles.Text("guide-values-1.29.yaml")],
            Render = FormatFiles.Recorded("helm", "variants", $"guide-over-production-{chart}", "rendered.yaml"),
        }.AskAsync();

        verdict.ShouldAnswer(violated, "");
    }
}

/// <summary>Other values than those of a plain production installation.</summary>
public sealed class ValuesVariantScenarios
{
    /// <summary>
    /// The second pins the server of 1.27.4 in its values: chart 0.72.0 then migrates with the tools of 1.29.1, and labels everything so.
    /// </summary>
    [Theory]
    [InlineData("tls-0.63.0", null, "")]
    [InlineData("tls-0.72.0", null, "")]
    [InlineData("small-inline-password-0.63.0", "1.27.4", "")]
    [InlineData("small-inline-password-0.72.0", "1.29.1", "values/chart-pinned values/schema-step-gated cluster/images-known")]
    public async Task A_variant_on_its_own_older_release(string variant, string? target, string violated)
    {
        var (name, chart) = (variant[..variant.LastIndexOf('-')], variant[(variant.LastIndexOf('-') + 1)..]);
        var verdict = await new FilesOfUpgrade
        {
            Chart = chart,
            Values = variant.StartsWith("tls", StringComparison.Ordinal)
                ? [FormatFiles.Text("values-0.x.yaml"), FormatFiles.Recorded("helm", "variants", variant, "overlay.yaml")]
                : [FormatFiles.Recorded("helm", "variants", variant, "values.yaml")],
            Render = FormatFiles.Recorded("helm", "variants", variant, "rendered.yaml"),
            Installed = FormatFiles.Recorded("helm", "variants", $"{name}-0.63.0", "rendered.yaml"),
            Target = target,
        }.AskAsync();

        verdict.ShouldAnswer(violated, "");
    }

    [Theory]
    [InlineData("1.0.0-rc.1")]
    [InlineData("1.0.0")]
    [InlineData("1.6.0")]
    public async Task Values_of_the_older_format_are_refused_by_the_newer_charts(string chart)
    {
        var verdict = await FilesOfUpgrade.RefusedAsync(chart, FormatFiles.Text("values-0.x.yaml"), "variants", $"values-0.x-on-{chart}");

        verdict.ShouldAnswer("values/format-matches-chart values/render-accepted values/persistence-equals-live", "");
    }

    [Fact]
    public async Task Values_of_the_newer_format_lead_an_older_chart_to_other_databases()
    {
        var verdict = await new FilesOfUpgrade
        {
            Chart = "0.72.0",
            Values = [FormatFiles.Text("values-1.x.yaml")],
            Render = FormatFiles.Recorded("helm", "variants", "values-1.x-on-0.72.0", "rendered.yaml"),
        }.AskAsync();

        verdict.ShouldAnswer("values/format-matches-chart values/persistence-equals-live", "");
    }
}
