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

    /// <summary>$2 the program, $3 the bucket.</summary>
    private const string Script = """
        node "$2" --directory "$1" --address 127.0.0.1 --port 0 --silent --configure-bucket "$3" </dev/null &
        """;

    private readonly GuardedServer server;
    private readonly HttpClient client;

    private S3rver(GuardedServer server, Uri endpoint) => (this.server, Endpoint, client) = (server, endpoint, new HttpClient { BaseAddress = new Uri(endpoint, $"{Bucket}/") });

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
        var (server, line) = await GuardedServer.StartAsync(GuardedServer.Shell(Script, "s3rver", null, program!, Bucket), line => line.StartsWith(Listening, StringComparison.Ordinal));
        return new S3rver(server, new Uri($"http://{line[Listening.Length..]}"));
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
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return server.DisposeAsync();
    }
}
