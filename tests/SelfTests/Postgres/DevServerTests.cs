using TemporalConformance.Environments;
using TemporalConformance.Facts;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client;

namespace TemporalConformance.SelfTests;

public sealed class DevServerTests
{
    [Fact]
    public async Task A_real_server_serves_its_namespaces_until_it_is_disposed()
    {
        var binary = DevServer.Find(With(SharedData.TemporalCli())).ShouldNotBeNull();
        binary.Source.ShouldBe("settings temporal.cli");
        binary.Version.ShouldStartWith("temporal version ");
        string address;
        await using (var server = await DevServer.StartAsync(binary, ["canary"], TestContext.Current.CancellationToken))
        {
            address = server.Address;
            var client = await TemporalClient.ConnectAsync(new(address));
            var found = await client.Connection.WorkflowService.DescribeNamespaceAsync(new DescribeNamespaceRequest { Namespace = "canary" });
            found.NamespaceInfo.Name.ShouldBe("canary");
        }

        await OwnerProcess.UntilNothingListensAsync(int.Parse(address.Split(':')[1]));
    }

    [Fact]
    public async Task The_server_dies_with_an_owner_who_is_killed()
    {
        var (owner, address) = await OwnerProcess.StartAsync(SharedData.TemporalCli());

        owner.Kill();

        await owner.WaitForExitAsync(TestContext.Current.CancellationToken);
        await OwnerProcess.UntilNothingListensAsync(int.Parse(address.Split(':')[1]));
    }

    [Fact]
    public async Task A_program_that_ends_at_once_says_why()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell.");
        var program = Path.Combine(FakePrograms.Make("initdb", "echo 'Error: unknown flag' >&2; exit 1"), "initdb");

        var failure = await Should.ThrowAsync<EnvironmentException>(
            () => DevServer.StartAsync(new DevServerBinary(program, "test", ""), [], TestContext.Current.CancellationToken));

        failure.Message.ShouldContain("Error: unknown flag");
    }

    [Fact]
    public void Programs_that_are_no_temporal_CLI_are_not_found()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell.");

        DevServer.Find(With(Path.Combine(FakePrograms.Make(), "postgres"))).ShouldBeNull();
        DevServer.Find(With("/nowhere/temporal")).ShouldBeNull();
    }

    [Fact]
    public async Task What_the_SDK_has_downloaded_before_is_used_again()
    {
        using var folder = new ScratchFolder();
        // The name that the SDK gives to its download; with another version of the SDK this test would reach for the network.
        var kept = Path.Combine(folder.Path, $"temporal-sdk-dotnet-{typeof(TemporalClient).Assembly.GetName().Version}");
        File.Copy(SharedData.TemporalCli(), kept);

        var found = await DevServerDownload.FetchAsync(folder.Path, TestContext.Current.CancellationToken);

        found.Path.ShouldBe(kept);
        found.Version.ShouldStartWith("temporal version ");
    }

    private static Facts.Settings With(string cli) =>
        SettingsReader.Read(null, new Dictionary<string, string> { ["temporal.cli"] = cli }, new Dictionary<string, string?>());
}
