using System.Diagnostics;
using System.Text.Json;
using TemporalConformance.Cli;

namespace TemporalConformance.SelfTests;

/// <summary>The program behind run.sh as its users meet it: processes, exit codes, files, words.</summary>
public sealed class CommandTests(PostgresServer server)
{
    [Fact]
    public async Task The_demonstration_is_GO_twice_in_a_row_in_one_folder()
    {
        using var folder = new ScratchFolder();
        foreach (var _ in Enumerable.Range(1, 2))
        {
            var run = await RunAsync(folder.Path, []);

            run.ExitCode.ShouldBe(0, run.Output);
            run.Output.ShouldContain("This was a demonstration: no system of yours was asked.");
            VerdictIn(folder.Path).ShouldBe("GO");
        }
    }

    [Fact]
    public async Task A_settings_file_in_the_working_directory_reaches_the_phase()
    {
        using var folder = new ScratchFolder();
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        File.WriteAllText(Path.Combine(folder.Path, "conformance.json"), $$"""
            {
              "running": "1.27.3",
              "baseline": { "path": "before.json" },
              "cluster": { "pods": 4, "surge": 1 },
              "stores": {
                "main": { "connection": "{{pair.Main.Npgsql}}", "maxConns": 4 },
                "visibility": { "connection": "{{pair.Visibility.Npgsql}}", "maxConns": 4 }
              }
            }
            """);

        var run = await RunAsync(folder.Path, ["pre"]);

        run.ExitCode.ShouldBe(0, run.Output);
        run.Output.ShouldNotContain("demonstration");
        File.Exists(Path.Combine(folder.Path, "before.json")).ShouldBeTrue("the baseline stands where the settings say, from the working directory");
    }

    [Fact]
    public async Task Around_runs_the_command_after_a_GO_and_asks_again()
    {
        using var folder = new ScratchFolder();
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        WriteSettings(folder.Path, pair);

        var run = await RunAsync(folder.Path, ["around", "--", "/bin/sh", "-c", "echo pretending; exit 0"]);

        // Nothing was migrated, which PostUpgrade sees although the command said that all went well.
        run.ExitCode.ShouldBe(1, run.Output);
        run.Output.ShouldContain("pretending");
        run.Output.ShouldContain("/bin/sh succeeded");
        run.Output.ShouldContain("The main store is at schema 1.16, which is too old here.");
        VerdictIn(folder.Path).ShouldBe("NO-GO");
    }

    [Fact]
    public async Task Around_a_command_that_fails_is_never_GO_and_asks_where_the_cluster_stands()
    {
        using var folder = new ScratchFolder();
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        WriteSettings(folder.Path, pair);

        var run = await RunAsync(folder.Path, ["around", "--", "/bin/sh", "-c", "exit 3"]);

        run.ExitCode.ShouldNotBe(0, run.Output);
        run.Output.ShouldContain("/bin/sh failed with exit code 3");
        run.Output.ShouldContain("PostUpgrade");
    }

    [Fact]
    public async Task Around_changes_nothing_when_PreUpgrade_is_not_GO()
    {
        using var folder = new ScratchFolder();
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        WriteSettings(folder.Path, pair);
        var witness = Path.Combine(folder.Path, "was-run");

        var run = await RunAsync(folder.Path, ["around", "--policy", "sequential", "--", "touch", witness]);

        run.ExitCode.ShouldBe(1, run.Output);
        File.Exists(witness).ShouldBeFalse("the command ran although PreUpgrade said NO-GO");
        run.Output.ShouldContain("nothing was changed");
    }

    [Fact]
    public async Task Around_refuses_a_scope_that_the_settings_file_does_not_state()
    {
        using var folder = new ScratchFolder();
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        WriteSettings(folder.Path, pair);

        var run = await RunAsync(folder.Path, ["around", "--only", "path", "--", "true"]);

        run.ExitCode.ShouldBe(64, run.Output);
        run.Output.ShouldContain("around takes a partial scope only where the settings file states it.");
    }

    [Fact]
    public async Task The_migration_command_gets_the_connection_and_none_of_our_settings()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(Path.Combine(folder.Path, "conformance.json"), """
            { "migration": { "main": { "command": "env | grep -c '^SQL_' ; env | grep '^TEMPORAL_CONF' ; echo db=$SQL_DATABASE plugin=$SQL_PLUGIN ; exit 7" } } }
            """);

        var run = await RunAsync(folder.Path, ["rehearse"]);

        run.ExitCode.ShouldNotBe(0, run.Output);
        run.Output.ShouldContain("db=temporal plugin=postgres12");
        run.Output.ShouldNotContain("TEMPORAL_CONFORMANCE_");
        run.Output.ShouldContain("7");
        VerdictIn(folder.Path).ShouldNotBe("GO");
    }

    [Fact]
    public async Task The_gate_judges_the_files_of_a_run_again_and_agrees()
    {
        using var folder = new ScratchFolder();
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        WriteSettings(folder.Path, pair);
        (await RunAsync(folder.Path, ["pre"])).ExitCode.ShouldBe(0);

        (await RunAsync(folder.Path, ["gate"])).ExitCode.ShouldBe(0);

        File.Delete(Path.Combine(folder.Path, "results", "PreUpgrade.run.json"));
        (await RunAsync(folder.Path, ["gate"])).ExitCode.ShouldBe(2, "nothing says which cluster the answers are about");
    }

    [Fact]
    public async Task A_long_path_to_temporary_files_changes_nothing()
    {
        // A socket's path may have some 104 characters: macOS' own temporary folder has 49 of them.
        using var folder = new ScratchFolder();
        var temporary = Path.Combine(folder.Path, new string('t', 80));
        Directory.CreateDirectory(temporary);
        await using var pair = await DatabasePair.CopyAsync(server, Recorded.Real1273);
        WriteSettings(folder.Path, pair);

        var run = await RunAsync(folder.Path, ["pre"], ("TMPDIR", temporary));

        run.ExitCode.ShouldBe(0, run.Output);
    }

    [Fact]
    public async Task A_run_that_is_killed_leaves_UNDECIDED()
    {
        using var folder = new ScratchFolder();
        (await RunAsync(folder.Path, [])).ExitCode.ShouldBe(0);
        VerdictIn(folder.Path).ShouldBe("GO");

        using var process = Start(folder.Path, []);
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.StartsWith("PreUpgrade", StringComparison.Ordinal))
        {
            // Everything up to the first phase.
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        VerdictIn(folder.Path).ShouldBe("UNDECIDED");
    }

    [Fact]
    public async Task A_secret_planted_in_every_secret_setting_never_appears_in_results_or_output()
    {
        const string Secret = "s3cr3t-Planted+Value/42";
        using var folder = new ScratchFolder();
        File.WriteAllText(Path.Combine(folder.Path, "conformance.json"), $$"""
            {
              "running": "1.27.3",
              "stores": {
                "main": { "connection": "Host=127.0.0.1;Port=1;Database=temporal;Username=me;Password={{Secret}}" },
                "visibility": { "connection": "postgresql://me:{{Uri.EscapeDataString(Secret)}}@127.0.0.1:1/temporal_visibility" }
              },
              "temporal": { "address": ["127.0.0.1:1"], "apiKey": "{{Secret}}" }
            }
            """);

        var run = await RunAsync(folder.Path, ["pre"]);

        run.ExitCode.ShouldBe(1, run.Output);
        foreach (var text in Directory.GetFiles(Path.Combine(folder.Path, "results")).Select(File.ReadAllText).Append(run.Output))
        {
            text.ShouldNotContain(Secret);
            text.ShouldNotContain(Uri.EscapeDataString(Secret));
        }
    }

    private static void WriteSettings(string folder, DatabasePair pair) => File.WriteAllText(Path.Combine(folder, "conformance.json"), $$"""
        {
          "running": "1.27.3",
          "scope": { "skip": ["sdk"] },
          "cluster": { "pods": 4, "surge": 1 },
          "stores": {
            "main": { "connection": "{{pair.Main.Npgsql}}", "maxConns": 4 },
            "visibility": { "connection": "{{pair.Visibility.Npgsql}}", "maxConns": 4 }
          }
        }
        """);

    private static string? VerdictIn(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "results", "verdict.json")));
        return json.RootElement.GetProperty("verdict").GetString();
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(
        string folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(folder, arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    private static Process Start(string folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "temporal-conformance"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Installation.HomeVariable] = Checkout.Root;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
