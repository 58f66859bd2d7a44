namespace TemporalConformance.SelfTests;

/// <summary>Folders with shell scripts that are called like PostgreSQL's programs.</summary>
internal static class FakePrograms
{
    /// <summary>A folder that every user can enter, with all four programs; one of them does something else.</summary>
    public static string Make(string program = "postgres", string script = "echo 'postgres (PostgreSQL) 15.99'", params string[] without)
    {
        var folder = Directory.CreateTempSubdirectory("selftests-programs-").FullName;
        foreach (var name in new[] { "postgres", "initdb", "pg_ctl", "pg_restore" }.Except(without))
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, $"#!/bin/sh\n{(name == program ? script : name == "postgres" ? "echo 'postgres (PostgreSQL) 15.99'" : "exit 0")}\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute | UnixFileMode.GroupRead);
            }
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        return folder;
    }
}
