namespace TemporalConformance.SelfTests;

/// <summary>Folders with shell scripts that are called like PostgreSQL's programs.</summary>
internal static class FakePrograms
{
    private const UnixFileMode AllMayRead = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode AllMayExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private static readonly Lazy<string> s_root = new(MakeRoot);

    /// <summary>A folder that every user can enter, with all four programs; one of them does something else.</summary>
    public static string Make(string program = "postgres", string script = "echo 'postgres (PostgreSQL) 15.99'", params string[] without)
    {
        var folder = Directory.CreateDirectory(Path.Combine(s_root.Value, $"{Guid.NewGuid():N}")).FullName;
        foreach (var name in new[] { "postgres", "initdb", "pg_ctl", "pg_restore" }.Except(without))
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, $"#!/bin/sh\n{(name == program ? script : name == "postgres" ? "echo 'postgres (PostgreSQL) 15.99'" : "exit 0")}\n");
            SetMode(path, AllMayRead | AllMayExecute);
        }

        SetMode(folder, AllMayRead | AllMayExecute | UnixFileMode.UserWrite);
        return folder;
    }

    /// <summary>Sets a file's or folder's mode; Windows has none.</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    /// <summary>Where all of them are, until the tests end.</summary>
    private static string MakeRoot()
    {
        var root = Directory.CreateTempSubdirectory("selftests-programs-").FullName;
        SetMode(root, AllMayRead | AllMayExecute | UnixFileMode.UserWrite);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(root, recursive: true);
        return root;
    }
}
