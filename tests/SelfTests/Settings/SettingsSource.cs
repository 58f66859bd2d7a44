using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>A settings file in a folder of its own, and short ways to read it.</summary>
public sealed class SettingsSource : IDisposable
{
    private static readonly Dictionary<string, string?> s_noVariables = [];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("settings-");

    public SettingsSource(string json)
    {
        Path = System.IO.Path.Combine(_folder.FullName, "conformance.json");
        File.WriteAllText(Path, json);
    }

    public string Path { get; }

    /// <summary>Reads the text as the file; sets and variables as <c>key=value</c>.</summary>
    public static Settings Read(string json, string[]? sets = null, string[]? variables = null, IReadOnlySet<string>? ids = null)
    {
        using SettingsSource source = new(json);
        return SettingsReader.Read(source.Path, Pairs(sets), Pairs(variables).ToDictionary(p => p.Key, p => (string?)p.Value), null, ids);
    }

    /// <summary>The problems of the text, the file's folder removed from them.</summary>
    public static IReadOnlyList<SettingProblem> Problems(string json, string[]? sets = null, string[]? variables = null, IReadOnlySet<string>? ids = null)
    {
        using SettingsSource source = new(json);
        SettingsException thrown = Should.Throw<SettingsException>(
            () => SettingsReader.Read(source.Path, Pairs(sets), Pairs(variables).ToDictionary(p => p.Key, p => (string?)p.Value), null, ids));
        return [.. thrown.Problems.Select(problem => problem with { Value = Short(problem.Value), Allowed = Short(problem.Allowed), Where = Short(problem.Where) })];

        string Short(string text) => text.Replace(source._folder.FullName + "/", "");
    }

    /// <summary>The one problem of the text, as printed.</summary>
    public static string Problem(string json, string[]? sets = null, string[]? variables = null, IReadOnlySet<string>? ids = null)
    {
        IReadOnlyList<SettingProblem> problems = Problems(json, sets, variables, ids);
        problems.Count.ShouldBe(1, string.Join("\n", problems));
        return problems[0].ToString();
    }

    /// <summary>Reads these options and nothing else.</summary>
    public static Settings Set(params string[] sets) => Read("{}", sets);

    /// <summary>Reads the file with the options given.</summary>
    public Settings Read(params string[] sets) => SettingsReader.Read(Path, Pairs(sets), s_noVariables);

    public void Dispose() => _folder.Delete(recursive: true);

    private static Dictionary<string, string> Pairs(string[]? texts) =>
        (texts ?? []).Select(text => text.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
