using System.Diagnostics;
using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>
/// npm's s3rver, an S3-compatible server, on a free port of 127.0.0.1 with one bucket. It knows the key S3RVER with the secret S3RVER, lets everybody
/// in who shows no key at all, and does not compare signatures of version 4. Dies with this process.
/// </summary>
internal sealed class S3rver : IAsyncDisposable
{
    /// <summary>The bucket.</summary>
    public const string Bucket = "backups";

    /// <summary>The program that <c>.ci/fetch-s3rver</c> prints.</summary>
    private const string Variable = "TEMPORAL_CONFORMANCE_TEST_S3RVER";

    private const string Listening = "S3rver listening on ";

    /// <summary>$1 the program, $2 the scratch folder, $3 the bucket.</summary>
    private const string Script = """
        exec 2>&1
        trap '' HUP INT TERM PIPE
        umask 077
        mkdir "$2" && cd "$2" || exit 1
        node "$1" --directory "$2" --address 127.0.0.1 --port 0 --silent --configure-bucket "$3" </dev/null &
        server=$!
        while read -r line; do :; done
        kill "$server"
        wait "$server"
        cd /
        rm -rf "$2"
        """;

    private readonly Process guard;
    private readonly HttpClient client;
    private Task rest = Task.CompletedTask;

    private S3rver(Process guard, Uri endpoint) => (this.guard, Endpoint, client) = (guard, endpoint, new HttpClient { BaseAddress = new Uri(endpoint, $"{Bucket}/") });

    /// <summary>Its URL.</summary>
    public Uri Endpoint { get; }

    /// <summary>How to ask it.</summary>
    public S3Settings Settings => new(Endpoint, null, new Secret("S3RVER"), new Secret("S3RVER"), null, null);

    /// <summary>The same as settings of a run.</summary>
    public (string Key, string Value)[] Sets => [("backup.s3.endpoint", Endpoint.AbsoluteUri), ("backup.s3.accessKey", "S3RVER"), ("backup.s3.secretKey", "S3RVER")];

    /// <summary>Starts it and waits until it listens; skips the test where there is none.</summary>
    public static async Task<S3rver> StartAsync()
    {
        var program = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipUnless(program is { Length: > 0 } && File.Exists(program), $"No S3-compatible server: {Variable} does not name one. It is the program that .ci/fetch-s3rver prints.");
        Assert.SkipWhen(Programs.Find("node") is null, "s3rver needs Node.js, which is not on this machine.");
        var folder = Path.Combine(Path.GetTempPath(), $"conformance-s3rver-{Guid.NewGuid():N}");
        var guard = Process.Start(OwnSession.Shell(Script, program!, folder, Bucket))!;
        var said = new List<string>();
        while (await guard.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            said.Add(line);
            if (line.StartsWith(Listening, StringComparison.Ordinal))
            {
                // Read to the end of its days: a full pipe would stop the server.
                return new S3rver(guard, new Uri($"http://{line[Listening.Length..]}")) { rest = guard.StandardOutput.ReadToEndAsync(CancellationToken.None) };
            }
        }

        throw new InvalidOperationException($"s3rver did not start:\n{string.Join('\n', said)}");
    }

    /// <summary>Makes an object, or makes it another.</summary>
    public async Task PutAsync(string key, byte[] bytes)
    {
        using var content = new ByteArrayContent(bytes);
        using var answer = await client.PutAsync(new Uri(key, UriKind.Relative), content, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Copies a folder, as <c>aws s3 cp --recursive</c> does.</summary>
    public async Task CopyAsync(string folder, string prefix)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            await PutAsync($"{prefix}/{Path.GetRelativePath(folder, file)}", await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        guard.StandardInput.Close();
        await guard.WaitForExitAsync();
        await rest;
        guard.Dispose();
    }
}
