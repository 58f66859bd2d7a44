namespace TemporalConformance.Cli;

/// <summary>
/// Where this installation keeps its executables: a checkout builds them under <c>artifacts</c>, a published layout has them in <c>bin</c>.
/// </summary>
/// <param name="Home">Root of the checkout or of the published layout.</param>
public sealed record Installation(string Home)
{
    /// <summary>The environment variable with which run.sh names the root.</summary>
    public const string HomeVariable = "TEMPORAL_CONFORMANCE_HOME";

    /// <summary>The installation of this process.</summary>
    /// <exception cref="DirectoryNotFoundException">Neither the environment nor a folder above the executable has one.</exception>
    public static Installation Find()
    {
        if (Environment.GetEnvironmentVariable(HomeVariable) is { Length: > 0 } named)
        {
            return new Installation(named);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "run.sh")))
            {
                return new Installation(folder.FullName);
            }
        }

        throw new DirectoryNotFoundException($"No run.sh above {AppContext.BaseDirectory}: wanted the installation's root; name it in {HomeVariable}.");
    }

    /// <summary>The executable of a test project.</summary>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public string Executable(string project)
    {
        string[] places =
        [
            Path.Combine(Home, "bin", project, project),
            Path.Combine(Home, "artifacts", "bin", project, Configuration, project),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{project} has not been built: wanted {string.Join(" or ", places)}. ./run.sh builds what it runs.");
    }

    // A command runs the phases of its own build.
    private static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}debug", StringComparison.OrdinalIgnoreCase) ? "debug" : "release";
}
