using System.Diagnostics;

namespace TemporalConformance.SelfTests;

public sealed class RunScriptTests : IDisposable
{
    private const string Says = """
        printf 'home=%s ignored=%s' "$TEMPORAL_CONFORMANCE_HOME" "${TESTINGPLATFORM_EXITCODE_IGNORE-}"
        printf ' <%s>' "$@"
        exit 3
        """;

    // Builds by writing the executables that the solution filter or the project names, and tells what it was asked.
    private const string Sdk = """
        echo "$*" >>"$HOME/dotnet.log"
        case $1 in
          --list-sdks) echo '10.0.400 [/somewhere]' ;;
          build)
            [ ! -f "$HOME/broken" ] || { echo 'error CS1002: ; expected'; exit 1; }
            case $2 in *.slnf) cat "$2" >>"$HOME/dotnet.log" ;; esac
            for exe in TemporalConformance.Cli/release/temporal-conformance PreUpgrade/release/PreUpgrade PostUpgrade/release/PostUpgrade Smoke/release/Smoke; do
              mkdir -p "artifacts/bin/$(dirname "$exe")"
              cp "$HOME/cli" "artifacts/bin/$exe"
            done ;;
          test) cat "$HOME/summary"; echo "long=${TEMPORAL_CONFORMANCE_LONG-}" >>"$HOME/dotnet.log"; exit "$(cat "$HOME/code")" ;;
        esac
        """;

    private readonly ScriptSandbox sandbox = new();

    public RunScriptTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "run.sh is a POSIX shell script.");

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData("run.sh")]
    [InlineData(".ci/run")]
    [InlineData(".ci/fetch-postgres-majors")]
    [InlineData(".ci/local-postgres-image")]
    public void Shellcheck_has_nothing_to_say(string script)
    {
        var shellcheck = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "shellcheck")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(shellcheck is null, "shellcheck is not on PATH.");
        using var process = Process.Start(new ProcessStartInfo(shellcheck!, [Path.Combine(Checkout.Root, script)]) { RedirectStandardOutput = true })!;
        var findings = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        findings.ShouldBeEmpty();
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void A_published_layout_needs_no_SDK_and_passes_arguments_environment_and_exit_code()
    {
        Publish();
        var run = sandbox.Run(new Dictionary<string, string> { ["TESTINGPLATFORM_EXITCODE_IGNORE"] = "2" }, "list", "two words", "*", "");
        run.ShouldBe(new ScriptRun(3, $"home={sandbox.Checkout} ignored= <list> <two words> <*> <>", ""));
    }

    [Fact]
    public void It_works_from_any_folder_and_through_symbolic_links()
    {
        Publish();
        var bin = Directory.CreateDirectory($"{sandbox.Machine}/local bin").FullName;
        File.CreateSymbolicLink($"{sandbox.Machine}/absolute", $"{sandbox.Checkout}/run.sh");
        File.CreateSymbolicLink($"{bin}/relative", "../absolute");
        var run = sandbox.Start($"{bin}/relative", sandbox.Machine, new Dictionary<string, string>(), "list");
        run.Output.ShouldBe($"home={sandbox.Checkout} ignored= <list>");
    }

    [Theory]
    [InlineData("test")]
    [InlineData("generate")]
    [InlineData("publish")]
    public void A_published_folder_says_that_it_has_no_sources(string command)
    {
        Publish();
        var run = sandbox.Run(command);
        run.ExitCode.ShouldBe(64);
        run.Errors.ShouldContain($"'{command}' needs a checkout with its sources");
    }

    [Fact]
    public void A_missing_SDK_is_one_sentence_with_the_command_to_type()
    {
        var run = sandbox.Run("list");
        run.ExitCode.ShouldBe(64);
        run.Output.ShouldBeEmpty();
        run.Errors.Trim().ShouldStartWith("This checkout is built with the .NET SDK 10, which was not found on this machine. Type: ");
        run.Errors.Trim().ShouldNotContain("\n");
    }

    [Fact]
    public void An_SDK_of_another_major_version_is_not_enough()
    {
        sandbox.Fake("dotnet", "[ \"$1\" = --list-sdks ] && echo '9.0.300 [/somewhere]'");
        sandbox.Run("list").ExitCode.ShouldBe(64);
    }

    [Fact]
    public void An_SDK_in_the_home_folder_is_found()
    {
        WithSdk();
        Directory.CreateDirectory($"{sandbox.Machine}/.dotnet");
        File.Move($"{sandbox.Path}/dotnet", $"{sandbox.Machine}/.dotnet/dotnet");
        sandbox.Run("list").ExitCode.ShouldBe(3);
    }

    [Theory]
    [InlineData("list", "cli/TemporalConformance.Cli.csproj")]
    [InlineData("--help", "cli/TemporalConformance.Cli.csproj")]
    [InlineData("--set target=1.29.2 pre", "cli/TemporalConformance.Cli.csproj tests/PreUpgrade/PreUpgrade.csproj")]
    [InlineData("post --only gate", "cli/TemporalConformance.Cli.csproj tests/PostUpgrade/PostUpgrade.csproj")]
    [InlineData("around -- sh pre", "cli/TemporalConformance.Cli.csproj tests/PreUpgrade/PreUpgrade.csproj tests/PostUpgrade/PostUpgrade.csproj tests/Smoke/Smoke.csproj")]
    [InlineData("around --help", "cli/TemporalConformance.Cli.csproj")]
    public void Only_what_the_command_runs_is_built(string arguments, string projects)
    {
        WithSdk();
        var run = sandbox.Run(arguments.Split(' '));
        run.ExitCode.ShouldBe(3);
        run.Errors.ShouldStartWith("building cli");
        run.Errors.Trim().ShouldNotContain("\n");
        Log().Where(line => line.Contains(".csproj", StringComparison.Ordinal)).Select(line => line.Trim(',', '"')).ShouldBe(projects.Split(' '));
    }

    [Fact]
    public void Nothing_is_built_twice_until_a_source_changes_or_goes()
    {
        WithSdk();
        sandbox.Run("list");
        sandbox.Run("list").Errors.ShouldBeEmpty();
        sandbox.Run("pre").Errors.Trim().ShouldBe("building PreUpgrade …");

        Touch("gate/Judge.cs");
        sandbox.Run("list").Errors.Trim().ShouldBe("building cli …");
        sandbox.Run("pre").Errors.Trim().ShouldBe("building PreUpgrade …");

        Touch("tests/PreUpgrade/SchemaTests.cs");
        sandbox.Run("list").Errors.ShouldBeEmpty();
        sandbox.Run("pre").Errors.Trim().ShouldBe("building PreUpgrade …");

        File.Delete($"{sandbox.Checkout}/gate/Judge.cs");
        sandbox.Run("list").Errors.Trim().ShouldBe("building cli …");
    }

    [Fact]
    public void A_build_that_fails_shows_its_output_and_nothing_else_runs()
    {
        WithSdk();
        File.WriteAllText($"{sandbox.Machine}/broken", "");
        var run = sandbox.Run("list");
        run.ExitCode.ShouldBe(70);
        run.Output.ShouldBeEmpty();
        run.Errors.ShouldContain("error CS1002: ; expected");
        run.Errors.ShouldEndWith("Nothing was checked.\n");
    }

    [Theory]
    [InlineData(0, "  total: 7\n  failed: 0\n  succeeded: 6\n  skipped: 1", "6 passed, 0 failed, 1 skipped", 0)]
    [InlineData(2, "  total: 7\n  failed: 2\n  succeeded: 5\n  skipped: 0", "5 passed, 2 failed, 0 skipped", 2)]
    [InlineData(8, "  error: 1\n\n  total: 5\n  failed: 1\n  succeeded: 4\n  skipped: 0", "4 passed, 2 failed, 0 skipped", 8)]
    public void Tests_end_with_one_line_that_counts_them(int code, string summary, string line, int exit)
    {
        WithSdk();
        sandbox.Fake("initdb", "");
        File.WriteAllText($"{sandbox.Machine}/code", $"{code}");
        File.WriteAllText($"{sandbox.Machine}/summary", $"SelfTests passed (1s)\n\nTest run summary: Whatever!\n\n{summary}\n  duration: 1s\n");
        var run = sandbox.Run("test", "--long", "--filter-class", "Some Class");
        run.Output.Trim().Split('\n')[^1].ShouldBe(line);
        run.ExitCode.ShouldBe(exit);
        Log().ShouldContain("long=1");
        Log().ShouldContain(entry => entry.EndsWith("--ignore-exit-code 8 --filter-class Some Class", StringComparison.Ordinal));
    }

    [Fact]
    public void Tests_without_a_summary_are_never_a_success()
    {
        WithSdk();
        sandbox.Fake("initdb", "");
        File.WriteAllText($"{sandbox.Machine}/code", "0");
        File.WriteAllText($"{sandbox.Machine}/summary", "nothing of use\n");
        sandbox.Run("test").ExitCode.ShouldBe(70);
    }

    private void Publish() => ScriptSandbox.Write($"{sandbox.Checkout}/bin/cli/temporal-conformance", $"#!/bin/sh\n{Says}\n");

    private void WithSdk()
    {
        sandbox.Fake("dotnet", Sdk);
        ScriptSandbox.Write($"{sandbox.Machine}/cli", $"#!/bin/sh\n{Says}\n");
        foreach (var file in new[] { "cli/Program.cs", "fixtures/Facts/Facts.cs", "gate/Gate.cs", "tests/PreUpgrade/Tests.cs", "tests/PostUpgrade/Tests.cs", "tests/Smoke/Tests.cs", "checks.json" })
        {
            Touch(file);
        }
    }

    // A source that is newer than any build so far, whatever the grain of the file system's clock.
    private void Touch(string file)
    {
        var path = $"{sandbox.Checkout}/{file}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }

    private string[] Log() => File.ReadAllLines($"{sandbox.Machine}/dotnet.log");
}
