using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TemporalConformance.SelfTests;

/// <summary>
/// A machine made of one scratch folder: <c>run.sh</c> lies in <see cref="Checkout"/>, PATH leads to a few real tools and to whatever
/// a test puts there, and the absolute folders that the script looks into lie under <see cref="Machine"/>.
/// </summary>
internal sealed partial class ScriptSandbox : IDisposable
{
    private static readonly string[] Tools =
    [
        "awk", "cat", "chmod", "cp", "dirname", "env", "find", "flock", "grep", "head", "mkdir", "mktemp", "readlink", "rm", "sed", "sh", "tee", "touch", "tr", "uname",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("run sh ").FullName;

    public ScriptSandbox()
    {
        Directory.CreateDirectory(Checkout);
        Directory.CreateDirectory(Machine);
        Directory.CreateDirectory(Path);
        foreach (var tool in Tools)
        {
            var found = new[] { "/usr/bin", "/bin" }.Select(bin => $"{bin}/{tool}").FirstOrDefault(File.Exists);
            if (found is not null)
            {
                File.CreateSymbolicLink($"{Path}/{tool}", found);
            }
        }

        Fake("id", "echo 1000");
        var script = File.ReadAllText(System.IO.Path.Combine(SelfTests.Checkout.Root, "run.sh"));
        Write($"{Checkout}/run.sh", AbsoluteFolders().Replace(script, match => $"{Machine}{match.Value}"));
    }

    /// <summary>Where run.sh lies; its name has a blank on purpose.</summary>
    public string Checkout => $"{folder}/check out";

    /// <summary>Stands for the root of the file system. Without a blank, as the folders it stands for.</summary>
    public string Machine { get; } = Directory.CreateTempSubdirectory("machine").FullName;

    /// <summary>The one folder on PATH.</summary>
    public string Path => $"{Machine}/path";

    /// <summary>Puts an executable on PATH.</summary>
    public void Fake(string name, string body) => Write($"{Path}/{name}", $"#!/bin/sh\n{body}\n");

    /// <summary>Writes an executable file.</summary>
    public static void Write(string file, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        }
    }

    /// <summary>Runs the script with nothing of this process's environment.</summary>
    public ScriptRun Run(params string[] arguments) => Run(new Dictionary<string, string>(), arguments);

    /// <summary>Runs the script with these variables and nothing of this process's environment.</summary>
    public ScriptRun Run(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start($"{Checkout}/run.sh", "/", environment, arguments);

    /// <summary>Runs the script by another name, in another folder.</summary>
    public ScriptRun Start(string script, string workingDirectory, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(script, arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment.Append(new("PATH", Path)).Append(new("HOME", Machine)))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ScriptRun(process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        Directory.Delete(Machine, recursive: true);
    }

    [GeneratedRegex("(?<=[\\s\"'(=])/(usr|opt|home|Applications|etc)/", RegexOptions.None)]
    private static partial Regex AbsoluteFolders();
}

/// <summary>What a run of the script left.</summary>
internal sealed record ScriptRun(int ExitCode, string Output, string Errors);
