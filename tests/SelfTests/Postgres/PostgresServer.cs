using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Probes;
using TemporalConformance.SelfTests;
using TemporalConformance.StandIns;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace TemporalConformance.SelfTests;

/// <summary>
/// One PostgreSQL for all tests, with the recorded databases of both releases as templates: <c>temporal</c> and
/// <c>temporal_visibility</c> of 1.27.3, and the same with <c>_after</c> of 1.29.1. Started by whoever asks first; tests copy
/// what they change.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly Lazy<Task<ScratchPostgres>> started = new(StartAsync);
    private int copies;

    /// <summary>The server.</summary>
    public Task<ScratchPostgres> Postgres => started.Value;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Copies a template under a name of its own and lets the version row bear it.</summary>
    public async Task<ConnectionText> CopyAsync(string template = "temporal", bool adopt = true)
    {
        var postgres = await Postgres;
        var name = $"copy_{Interlocked.Increment(ref copies)}";
        await postgres.CloneAsync(template, name, CancellationToken.None);
        if (adopt)
        {
            await postgres.AdoptAsync(name, CancellationToken.None);
        }

        return postgres.Connection(name);
    }

    /// <summary>An empty database of its own.</summary>
    public async Task<ConnectionText> EmptyAsync()
    {
        var postgres = await Postgres;
        var name = $"empty_{Interlocked.Increment(ref copies)}";
        await postgres.CreateAsync(name, CancellationToken.None);
        return postgres.Connection(name);
    }

    /// <summary>Reads a database as a run does.</summary>
    public static Task<StoreReading> ReadAsync(ConnectionText connection, Store store = Store.Main, CallCounter? calls = null) =>
        new PostgresProbe(connection, store, ProbeLimits.Default, calls ?? new CallCounter()).ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (started.IsValueCreated)
        {
            await (await started.Value).DisposeAsync();
        }
    }

    private static async Task<ScratchPostgres> StartAsync()
    {
        var postgres = await ScratchPostgres.OpenAsync(Settings.Defaults, CancellationToken.None);
        await Task.WhenAll(
            from release in Recordings.Releases
            from store in Enum.GetValues<Store>()
            let name = Recordings.Database(store) + (release == Demonstration.From ? "" : "_after")
            select postgres.RestoreAsync(Recordings.Dump(release, store), name, CancellationToken.None));
        return postgres;
    }
}
