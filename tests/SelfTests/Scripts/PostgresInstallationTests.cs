namespace TemporalConformance.SelfTests;

public sealed class PostgresInstallationTests : IDisposable
{
    private const string Command = "#!/bin/sh\necho ran\n";

    private readonly ScriptSandbox sandbox = new();

    public PostgresInstallationTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "run.sh is a POSIX shell script.");
        ScriptSandbox.Write($"{sandbox.Checkout}/bin/cli/temporal-conformance", Command);
    }

    public void Dispose() => sandbox.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("rehearse")]
    public void As_root_on_Debian_the_package_is_installed_without_a_cluster(string command)
    {
        sandbox.Fake("id", "echo 0");
        sandbox.Fake("apt-get", AptGet(installs: true));
        var run = sandbox.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldBe("ran\n");
        run.Errors.Trim().ShouldBe("No PostgreSQL on this machine: installing Debian's package postgresql, without a server of its own (apt-get install postgresql).");
        AptGetSaw().ShouldBe(
        [
            "-q update: create_main_cluster = false",
            "-q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends postgresql: create_main_cluster = false",
        ]);
        Directory.GetFiles($"{sandbox.Machine}/etc/postgresql-common/createcluster.d").ShouldBeEmpty();
    }

    [Fact]
    public void An_installation_that_fails_shows_why_and_stops()
    {
        sandbox.Fake("id", "echo 0");
        sandbox.Fake("apt-get", AptGet(installs: false));
        var run = sandbox.Run();
        run.ExitCode.ShouldBe(64);
        run.Output.ShouldBeEmpty();
        run.Errors.ShouldContain("E: no such package");
        run.Errors.ShouldContain("--set postgres.binaries=");
    }

    [Fact]
    public void Without_root_the_command_to_type_is_printed()
    {
        sandbox.Fake("apt-get", AptGet(installs: true));
        var run = sandbox.Run();
        run.ExitCode.ShouldBe(64);
        run.Errors.Trim().ShouldEndWith("Type: sudo apt-get install -y postgresql");
        run.Errors.Trim().ShouldNotContain("\n");
        AptGetSaw().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("pre")]
    [InlineData("post")]
    [InlineData("smoke")]
    [InlineData("around")]
    [InlineData("gate")]
    [InlineData("list")]
    [InlineData("doctor")]
    [InlineData("--help")]
    [InlineData("rehearse --help")]
    public void Commands_that_need_no_database_of_their_own_install_nothing(string command)
    {
        sandbox.Fake("id", "echo 0");
        sandbox.Fake("apt-get", AptGet(installs: true));
        sandbox.Run(command.Split(' ')).ShouldBe(new ScriptRun(0, "ran\n", ""));
        AptGetSaw().ShouldBeEmpty();
    }

    [Fact]
    public void Binaries_in_Debians_folder_are_enough()
    {
        ScriptSandbox.Write($"{sandbox.Machine}/usr/lib/postgresql/15/bin/initdb", "");
        sandbox.Run().ShouldBe(new ScriptRun(0, "ran\n", ""));
    }

    [Fact]
    public void A_Docker_daemon_that_answers_is_enough()
    {
        sandbox.Fake("docker", "exit 0");
        sandbox.Run().ShouldBe(new ScriptRun(0, "ran\n", ""));
    }

    [Fact]
    public void A_Docker_client_without_its_daemon_is_not()
    {
        sandbox.Fake("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
        sandbox.Run().ExitCode.ShouldBe(64);
    }

    [Fact]
    public void A_folder_that_the_settings_name_is_left_to_the_command_to_find()
    {
        sandbox.Run("--set", "postgres.binaries=/srv/pg/bin").Output.ShouldBe("ran\n");
        sandbox.Run(new Dictionary<string, string> { ["TEMPORAL_CONFORMANCE__POSTGRES__BINARIES"] = "/srv/pg/bin" }).Output.ShouldBe("ran\n");

        var config = $"{sandbox.Machine}/named.json";
        File.WriteAllText(config, """{ "postgres": { "binaries": "/srv/pg/bin" } }""");
        sandbox.Run("--config", config).Output.ShouldBe("ran\n");

        File.WriteAllText(config, "{ \"postgres\": {\n  // \"binaries\": \"/srv/pg/bin\"\n  \"binaries\": \"\" } }");
        sandbox.Run("--config", config).ExitCode.ShouldBe(64);
    }

    // Notes each call with what the configuration of new clusters says at that moment.
    private string AptGet(bool installs) => $$"""
        echo "$*: $(cat "$HOME"/etc/postgresql-common/createcluster.d/*.conf 2>/dev/null)" >>"$HOME/apt.log"
        case $* in
          *install*)
            {{(installs ? $"printf '#!/bin/sh\\n' >'{sandbox.Path}/initdb'; chmod +x '{sandbox.Path}/initdb'" : "echo 'E: no such package'; exit 100")}} ;;
        esac
        """;

    private string[] AptGetSaw() => File.Exists($"{sandbox.Machine}/apt.log") ? File.ReadAllLines($"{sandbox.Machine}/apt.log") : [];
}
