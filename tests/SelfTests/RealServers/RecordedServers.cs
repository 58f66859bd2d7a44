using System.Collections.Concurrent;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.SelfTests;
using TemporalConformance.StandIns;

[assembly: AssemblyFixture(typeof(RecordedServers))]

namespace TemporalConformance.SelfTests;

/// <summary>
/// Servers with the recorded databases, each started by whoever asks first and kept until the end: one of every major, and a
/// primary that may have standbys. Their databases are for reading; whoever changes one copies it first.
/// </summary>
public sealed class RecordedServers : IAsyncLifetime
{
    private static readonly Dictionary<string, string> s_primary = new()
    {
        ["wal_level"] = "replica",
        ["max_wal_senders"] = "4",
        ["max_prepared_transactions"] = "4",
    };

    private readonly ConcurrentDictionary<int, Lazy<Task<LocalPostgres>>> majors = new();
    private readonly Lazy<Task<LocalPostgres>> primary;
    private int copies;

    public RecordedServers() => primary = new(() => StartAsync(Installations.Local(), s_primary));

    /// <summary>
    /// A server of this major; with the recordings from 13 on, which is the oldest that they can be restored into, and with
    /// empty databases of the same names below. Skips the test where the major is missing.
    /// </summary>
    public Task<LocalPostgres> MajorAsync(int major)
    {
        var binaries = Installations.Major(major);
        return majors.GetOrAdd(major, _ => new(() => StartAsync(binaries, new Dictionary<string, string>()))).Value;
    }

    /// <summary>
    /// A server of this machine's major that writes all that a standby needs, and knows prepared transactions. Skips the test
    /// where PostgreSQL is missing.
    /// </summary>
    public Task<LocalPostgres> PrimaryAsync()
    {
        Installations.Local();
        return primary.Value;
    }

    /// <summary>A copy of one of the recorded databases of a server of ours, whose version row bears the copy's name.</summary>
    public async Task<ConnectionText> CopyAsync(ScratchPostgres server, string template = "temporal")
    {
        ArgumentNullException.ThrowIfNull(server);
        var name = $"copy_{Interlocked.Increment(ref copies)}";
        await server.CloneAsync(template, name, CancellationToken.None);
        await server.AdoptAsync(name, CancellationToken.None);
        return server.Connection(name);
    }

    /// <summary>
    /// Restores the recordings: <c>temporal</c> and <c>temporal_visibility</c> of 1.27.3, and the same with <c>_after</c> of 1.29.1.
    /// </summary>
    public static Task RestoreAsync(ScratchPostgres server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return Task.WhenAll(
            from release in Recordings.Releases
            from store in Enum.GetValues<Store>()
            select RestoreAsync(Recordings.Dump(release, store), Name(release, store)));

        async Task RestoreAsync(string dump, string name)
        {
            await server.RestoreAsync(dump, name, CancellationToken.None);
            await server.AdoptAsync(name, CancellationToken.None);
        }
    }

    /// <summary>The name of a restored recording.</summary>
    public static string Name(string release, Store store) => Recordings.Database(store) + (release == Demonstration.From ? "" : "_after");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var started in majors.Values.Append(primary).Where(server => server.IsValueCreated && !server.Value.IsFaulted))
        {
            await (await started.Value).DisposeAsync();
        }
    }

    private static async Task<LocalPostgres> StartAsync(PostgresBinaries binaries, IReadOnlyDictionary<string, string> configuration)
    {
        var server = await LocalPostgres.StartAsync(binaries, configuration, CancellationToken.None);
        try
        {
            if (server.Major >= 12)
            {
                await RestoreAsync(server);
            }
            else
            {
                await Task.WhenAll(Enum.GetValues<Store>().Select(store => server.CreateAsync(Recordings.Database(store), CancellationToken.None)));
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
