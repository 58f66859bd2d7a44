using System.Reflection;
using TemporalConformance.Checks;

namespace TemporalConformance.Cli;

/// <summary>Writes again what follows from the code, so that nothing is written down twice by hand. The self-tests compare.</summary>
internal static class GenerateCommand
{
    /// <summary>Writes every generated file that has changed, and names it.</summary>
    public static int Run()
    {
        var installation = Installation.Find();
        var assemblies = Enum.GetNames<UpgradePhase>().Select(phase => Assembly.LoadFrom(installation.Executable(phase) + ".dll"));
        foreach (var (file, text) in Generated.All(installation.Home, Generated.RollOf(assemblies)))
        {
            var path = Path.Combine(installation.Home, file);
            var before = File.Exists(path) ? File.ReadAllText(path) : null;
            if (before != text)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }

            Console.Out.WriteLine($"{(before == text ? "unchanged" : "written")}  {file}");
        }

        return 0;
    }
}
