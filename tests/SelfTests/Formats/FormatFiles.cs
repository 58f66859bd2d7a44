using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>Files that the readers are tried on: the small set beside this class, and the recordings where they are at hand.</summary>
internal static class FormatFiles
{
    public static readonly string[] Charts =
    [
        "0.60.0", "0.62.0", "0.63.0", "0.64.0", "0.67.0", "0.69.0", "0.70.0", "0.72.0", "0.73.2", "0.74.0", "1.0.0-rc.1", "1.0.0", "1.6.0",
    ];

    /// <summary>A file beside this class, or one of the two that the demonstration has.</summary>
    public static string Text(string name) => File.ReadAllText(new[] { Path.Combine("tests", "SelfTests", "Formats", "Data"), Path.Combine("fixtures", "StandIns", "Recordings", "helm") }
        .Select(folder => Path.Combine(Checkout.Root, folder, name)).First(File.Exists));

    public static YamlNode Values(string name) => HelmTexts.ReadValues(Text(name), name);

    public static ChartValues For(string chart, string name) => new(Values(name), Layout(chart));

    public static ChartValues For(string chart, YamlNode values) => new(values, Layout(chart));

    public static ChartLayout Layout(string chart) => ChartLayout.For(chart).ShouldNotBeNull(chart);

    public static string ValuesOf(string chart) => Layout(chart).Persistence == PersistenceLayout.Stores ? "values-0.x.yaml" : "values-1.x.yaml";

    public static IReadOnlyList<KubernetesObject> Render(string name) => KubernetesObject.ReadAll(Text(name), name);

    /// <summary>The values of a name with a text exchanged, so that a test shows what it is about.</summary>
    public static YamlNode Edited(string name, string old, string replacement)
    {
        var text = Text(name);
        text.ShouldContain(old);
        return HelmTexts.ReadValues(text.Replace(old, replacement, StringComparison.Ordinal), name);
    }

    public static IReadOnlyList<KubernetesObject> EditedRender(string name, string old, string replacement)
    {
        var text = Text(name);
        text.ShouldContain(old);
        return KubernetesObject.ReadAll(text.Replace(old, replacement, StringComparison.Ordinal), name);
    }

    /// <summary>A recording in the folder beside the repository; the test is skipped where there is none.</summary>
    public static string Recorded(params string[] path)
    {
        var file = Path.Combine([Checkout.Root, "..", "shared", "real", .. path]);
        Assert.SkipWhen(!File.Exists(file), "No folder shared/real stands beside the repository.");
        return File.ReadAllText(file);
    }

    /// <summary>What a command printed, out of a recorded transcript.</summary>
    public static string Printed(params string[] path)
    {
        var text = Recorded(path);
        var start = text.IndexOf("--- stdout:\n", StringComparison.Ordinal) + "--- stdout:\n".Length;
        return text[start..text.IndexOf("--- stderr:", StringComparison.Ordinal)];
    }
}
