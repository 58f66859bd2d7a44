using System.Text.Json;
using System.Text.Json.Serialization;

namespace TemporalConformance.Gate;

/// <summary>One check as <c>checks.json</c> lists it.</summary>
/// <param name="Id">Stable for ever, "subject/name".</param>
/// <param name="Phases">The phases that ask it, words of <see cref="Gate.Phases"/>.</param>
/// <param name="Severity">Its default; a run's effective severities stand in run.json.</param>
/// <param name="Sentence">True when the check is met.</param>
/// <param name="Remedy">What to do when it is not.</param>
/// <param name="Link">Where the check is documented.</param>
/// <param name="Needs">The system without which it cannot be asked ("postgresql", "temporal", "kubernetes", "helm"), several with commas, or null.</param>
/// <param name="Heavy">What it costs the systems that it asks, where that is much, or null.</param>
public sealed record CheckEntry(
    string Id,
    IReadOnlyList<string> Phases,
    Severity Severity,
    string Sentence,
    string Remedy,
    string Link,
    string? Needs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Heavy = null)
{
    /// <summary>The systems of <see cref="Needs"/>, one by one.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Systems => Needs?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The first segment of the id.</summary>
    [JsonIgnore]
    public string Subject => SubjectOf(Id);

    /// <summary>The first segment of an id: "schema" of "schema/main-version".</summary>
    public static string SubjectOf(string id) => id.Split('/', 2)[0];
}

/// <summary>
/// <c>checks.json</c>: every check there is. It is generated from the test assemblies, committed, and embedded here, so
/// that a check which a test run loses is missing from the run and not from the roll.
/// </summary>
public sealed class CheckRoll
{
    private readonly Dictionary<string, CheckEntry> _byId;

    /// <summary>A roll of these checks, in this order.</summary>
    /// <exception cref="GateInputException">An id is used twice or not of the form "subject/name", or a phase is unknown.</exception>
    public CheckRoll(IReadOnlyList<CheckEntry> checks)
        : this(checks, "checks.json")
    {
    }

    private CheckRoll(IReadOnlyList<CheckEntry> checks, string file)
    {
        Checks = checks;
        _byId = new(StringComparer.Ordinal);
        foreach (var check in checks)
        {
            if (check.Id.Split('/') is not [{ Length: > 0 }, { Length: > 0 }])
            {
                throw new GateInputException(file, 0, 0, "ids of the form subject/name", $"\"{check.Id}\"");
            }

            if (!_byId.TryAdd(check.Id, check))
            {
                throw new GateInputException(file, 0, 0, "each id once", $"{check.Id} twice");
            }

            if (check.Phases.Count == 0 || check.Phases.Except(Phases.All, StringComparer.Ordinal).Any())
            {
                throw new GateInputException(file, 0, 0, $"one or more phases out of {string.Join(", ", Phases.All)}", $"[{string.Join(", ", check.Phases)}] for {check.Id}");
            }
        }
    }

    /// <summary>Every check, in the order of the file.</summary>
    public IReadOnlyList<CheckEntry> Checks { get; }

    /// <summary>The roll this build was made with.</summary>
    public static CheckRoll Embedded()
    {
        using var stream = typeof(CheckRoll).Assembly.GetManifestResourceStream("checks.json")
            ?? throw new InvalidOperationException("checks.json is not embedded in the gate: the build is broken.");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    /// <summary>Reads <c>{ "schema": 1, "checks": [ … ] }</c>.</summary>
    /// <exception cref="GateInputException">It is not that.</exception>
    public static CheckRoll Parse(string json)
    {
        const string File = "checks.json";
        var file = GateJson.Read(json, GateJson.Indented.RollFile, File, "the roll of checks");
        return file.Schema == 1
            ? new(file.Checks, File)
            : throw new GateInputException(File, 0, 0, "schema 1", $"schema {file.Schema}");
    }

    /// <summary>The file's text, ending in a newline.</summary>
    public string ToJson() => JsonSerializer.Serialize(new RollFile(1, Checks), GateJson.Indented.RollFile) + "\n";

    /// <summary>The checks that a phase asks, in the order of the file.</summary>
    public IReadOnlyList<CheckEntry> Of(string phase) => [.. Checks.Where(check => check.Phases.Contains(phase, StringComparer.Ordinal))];

    /// <summary>The check with this id, or null.</summary>
    public CheckEntry? Find(string id) => _byId.GetValueOrDefault(id);
}

internal sealed record RollFile(int Schema, IReadOnlyList<CheckEntry> Checks);
