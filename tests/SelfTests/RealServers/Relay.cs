using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>
/// Stands between a client and a PostgreSQL server: counts, and where a test wants it swallows everything that the server says
/// after so many bytes, while both connections stay open. That is what a hung server, a lost route and a firewall that forgot
/// the connection look like.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConnectionText target;
    private readonly long? silentAfter;
    private readonly Task accepting;
    private int connections;
    private int roundTrips;
    private long bytes;

    private Relay(ConnectionText target, long? silentAfter)
    {
        this.target = target;
        this.silentAfter = silentAfter;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>How many connections were made.</summary>
    public int Connections => connections;

    /// <summary>How often a client had to wait for the server: for each answer to startup, password, query or Sync.</summary>
    public int RoundTrips => roundTrips;

    /// <summary>How many bytes the servers sent, swallowed ones included.</summary>
    public long BytesFromServer => Interlocked.Read(ref bytes);

    /// <summary>The same database through the relay. Without TLS, which hides where one message ends.</summary>
    public ConnectionText Connection => target.With(to => (to.Host, to.Port) = ("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port));

    /// <summary>Relays to this server.</summary>
    /// <param name="target">A connection without TLS.</param>
    /// <param name="silentAfter">How many bytes each server may say; null for all.</param>
    public static Relay To(ConnectionText target, long? silentAfter = null) => new(target, silentAfter);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var relayed = new List<Task>();
        try
        {
            while (true)
            {
                relayed.Add(RelayAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(relayed);
    }

    private async Task RelayAsync(TcpClient accepted)
    {
        Interlocked.Increment(ref connections);
        using var client = accepted;
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(target.Host, target.Port, stop.Token);
            await await Task.WhenAny(
                PumpAsync(client.GetStream(), server.GetStream(), new Listener(this).Hear),
                PumpAsync(server.GetStream(), client.GetStream(), new Censor(this).Pass));
        }
        catch (Exception end) when (end is IOException or SocketException or OperationCanceledException)
        {
            // One side hung up, or the test is over; disposal hangs up on the other side.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<ReadOnlyMemory<byte>, int> pass)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, stop.Token)) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, pass(buffer.AsMemory(0, read))), stop.Token);
        }
    }

    /// <summary>Says how much of what a server said may pass.</summary>
    private sealed class Censor(Relay relay)
    {
        private long said;

        public int Pass(ReadOnlyMemory<byte> chunk)
        {
            Interlocked.Add(ref relay.bytes, chunk.Length);
            var passing = (int)Math.Clamp((relay.silentAfter ?? long.MaxValue) - said, 0, chunk.Length);
            said += chunk.Length;
            return passing;
        }
    }

    /// <summary>Finds the messages in what a client says: a length of four bytes, with a letter in front of all but the first.</summary>
    private sealed class Listener(Relay relay)
    {
        private readonly List<byte> pending = [];
        private bool started;

        public int Hear(ReadOnlyMemory<byte> chunk)
        {
            pending.AddRange(chunk.Span);
            while (true)
            {
                var head = started ? 1 : 0;
                if (pending.Count < head + 4)
                {
                    return chunk.Length;
                }

                var length = head + BinaryPrimitives.ReadInt32BigEndian([.. pending[head..(head + 4)]]);
                if (pending.Count < length)
                {
                    return chunk.Length;
                }

                if (!started || pending[0] is (byte)'S' or (byte)'Q' or (byte)'p')
                {
                    Interlocked.Increment(ref relay.roundTrips);
                }

                started = true;
                pending.RemoveRange(0, length);
            }
        }
    }
}
