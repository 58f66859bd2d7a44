using System.Diagnostics;
using TemporalConformance.Probes;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>A stand-in for Kubernetes and a way to it, for one test.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly ScratchFolder _folder = new();

    private Cluster(KubernetesStandIn standIn) => StandIn = standIn;

    /// <summary>The server.</summary>
    public KubernetesStandIn StandIn { get; }

    /// <summary>A folder for the test's files.</summary>
    public string Folder => _folder.Path;

    /// <summary>Counts the probe's calls.</summary>
    public CallCounter Calls { get; } = new();

    /// <summary>Starts a server over the recorded cluster before its upgrade, or over what the options say.</summary>
    public static async Task<Cluster> StartAsync(KubernetesStandInOptions? options = null) => new(await KubernetesStandIn.StartAsync(options));

    /// <summary>Starts a server over recordings in <c>../shared</c>: a moment, and a fault over it; skips the test where they are not.</summary>
    public static Task<Cluster> StartSharedAsync(params string[] folders) =>
        StartAsync(new KubernetesStandInOptions { Folders = [KubernetesRecordings.After, .. folders.Select(folder => SharedData.Path($"real/kubernetes/{folder}"))] });

    /// <summary>A kubeconfig of a user.</summary>
    public string Kubeconfig(StandInUser? user = null)
    {
        var file = Path.Combine(Folder, $"kubeconfig-{Guid.NewGuid():N}");
        File.WriteAllText(file, StandIn.Kubeconfig(user));
        return file;
    }

    /// <summary>A way there by a kubeconfig.</summary>
    public KubernetesAccess Access(StandInUser? user = null) => new() { Kubeconfigs = [Kubeconfig(user)] };

    /// <summary>Reads the installation.</summary>
    public Task<KubernetesReading> ReadAsync(StandInUser? user = null, KubernetesAccess? access = null) =>
        new KubernetesProbe(access ?? Access(user), Calls).ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Runs the real kubectl as one who may do everything; the test has looked whether there is one.</summary>
    public async Task<(int Code, string Output, string Error)> KubectlAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = Kubeconfig(StandInUser.Admin);
        // kubectl keeps discovery there.
        start.Environment["HOME"] = Folder;
        using var kubectl = Process.Start(start)!;
        var error = kubectl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await kubectl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await kubectl.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (kubectl.ExitCode, output, await error);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StandIn.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>What a reading must have.</summary>
internal static class ReadingExtensions
{
    /// <summary>The value, or a failure of the test with the reason for there being none.</summary>
    public static T Value<T>(this Reading<T> reading) => reading switch
    {
        Reading<T>.Known(var value) => value,
        Reading<T>.Refused(var why, _) => throw new Xunit.Sdk.XunitException($"refused: {why}"),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Why there is none.</summary>
    public static Reading<T>.Refused Refusal<T>(this Reading<T> reading) => reading.ShouldBeOfType<Reading<T>.Refused>();
}
