using System.Xml.Linq;

namespace TemporalConformance.SelfTests;

/// <summary>What the sources have to be like, so that a reader guesses right where anything is.</summary>
public sealed class SourceConventionTests
{
    private const int LongestFile = 400;

    /// <summary>Which project may refer to which; nothing else may.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["gate"] = [],
        ["fixtures/Facts"] = [],
        ["fixtures/Formats"] = ["fixtures/Facts"],
        // For the wire types of the calls that the SDK has none for.
        ["fixtures/StandIns"] = ["fixtures/Facts", "fixtures/Probes"],
        ["fixtures/Probes"] = ["fixtures/Facts", "fixtures/Formats"],
        ["fixtures/Environments"] = ["fixtures/Facts", "fixtures/Probes", "fixtures/StandIns"],
        ["fixtures/Checks"] = ["fixtures/Environments", "fixtures/Formats", "gate"],
        ["cli"] = ["fixtures/Checks", "gate"],
        ["tests/PreUpgrade"] = ["fixtures/Checks"],
        ["tests/PostUpgrade"] = ["fixtures/Checks"],
        ["tests/Smoke"] = ["fixtures/Checks"],
    };

    [Fact]
    public void Projects_refer_in_one_direction()
    {
        foreach (var (folder, allowed) in Allowed)
        {
            var project = Directory.GetFiles(Path.Combine(Checkout.Root, folder), "*.csproj").ShouldHaveSingleItem();
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetRelativePath(Checkout.Root, Path.GetDirectoryName(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, (string)reference.Attribute("Include")!)))!));

            references.Except(allowed).ShouldBeEmpty($"{folder} refers to what it must not know");
        }
    }

    [Fact]
    public void Only_the_demonstration_knows_the_stand_ins()
    {
        var users = Sources("fixtures", "cli", "gate", "tests/PreUpgrade", "tests/PostUpgrade", "tests/Smoke", "tests/Shared")
            .Where(file => !file.Contains("/StandIns/", StringComparison.Ordinal) && File.ReadAllText(file).Contains("TemporalConformance.StandIns", StringComparison.Ordinal))
            .Select(Path.GetFileName);

        users.ShouldBe(["Demonstration.cs", "SmokeGround.cs"]);
    }

    [Fact]
    public void No_source_file_is_too_long_to_be_read_in_one_go()
    {
        var files = Sources("fixtures", "cli", "gate", "tests").Append(Path.Combine(Checkout.Root, "run.sh"));

        files.Where(file => File.ReadLines(file).Count() > LongestFile + 20).Select(file => Path.GetRelativePath(Checkout.Root, file)).ShouldBeEmpty();
    }

    [Fact]
    public void Nobody_waits_by_the_clock_where_a_condition_can_be_awaited()
    {
        string[] sleeps = ["Thread.Sleep", "Task.Delay("];
        var offenders = Sources("fixtures", "cli", "gate", "tests")
            .Where(file => !file.EndsWith(nameof(SourceConventionTests) + ".cs", StringComparison.Ordinal))
            // To be slow at times is what these are for.
            .Where(file => !file.Contains("/fixtures/StandIns/", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Select((line, at) => (file, line, at)))
            .Where(place => sleeps.Any(sleep => place.line.Contains(sleep, StringComparison.Ordinal)) && !place.line.Contains("Timeout.Infinite", StringComparison.Ordinal))
            .Select(place => $"{Path.GetRelativePath(Checkout.Root, place.file)}:{place.at + 1}: {place.line.Trim()}");

        offenders.ShouldBeEmpty();
    }

    [Fact]
    public void Checks_read_no_settings_and_no_environment()
    {
        string[] forbidden = ["Environment.", "SettingsReader", "ReleaseCatalog", ".Settings."];
        var offenders = Sources("tests/PreUpgrade", "tests/PostUpgrade", "tests/Smoke", "tests/Shared")
            .Where(file => forbidden.Any(word => File.ReadAllText(file).Contains(word, StringComparison.Ordinal)))
            .Select(Path.GetFileName);

        offenders.ShouldBeEmpty();
    }

    private static IEnumerable<string> Sources(params string[] folders) => folders
        .SelectMany(folder => Directory.GetFiles(Path.Combine(Checkout.Root, folder), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
}
