using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace TemporalConformance.Benchmarks;

/// <summary>
/// A TCP proxy on 127.0.0.1 that makes a server look far away. Every chunk is delivered a fixed time after it came, however many are under way:
/// what is sent without waiting for an answer pays once, as on a long line. The first chunk of a client pays for the handshake too, one round
/// trip, which the kernels of one machine do in no time.
/// </summary>
internal sealed class DelayingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _target;
    private readonly TimeSpan _oneWay;
    private readonly Task _accepting;

    /// <summary>Starts to listen.</summary>
    /// <param name="target">The port of the server on 127.0.0.1.</param>
    /// <param name="oneWay">How long each direction takes: half a round trip.</param>
    public DelayingProxy(int target, TimeSpan oneWay)
    {
        _target = target;
        _oneWay = oneWay;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        using (var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
                await Task.WhenAll(CarryAsync(client, server, handshake: 2 * _oneWay), CarryAsync(server, client, handshake: TimeSpan.Zero));
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                // One side hung up, or the benchmark is over: closing both sockets is all there is to do.
            }
        }
    }

    /// <summary>Carries one direction to its end.</summary>
    private async Task CarryAsync(Socket from, Socket to, TimeSpan handshake)
    {
        var underWay = Channel.CreateUnbounded<(long Due, byte[] Bytes)>(new() { SingleReader = true, SingleWriter = true });
        await Task.WhenAll(TakeAsync(), DeliverAsync());

        async Task TakeAsync()
        {
            var buffer = new byte[64 * 1024];
            var due = 0L;
            try
            {
                while (await from.ReceiveAsync(buffer, _end.Token) is > 0 and var length)
                {
                    // Nothing overtakes the first chunk.
                    var arrives = Stopwatch.GetTimestamp() + Ticks(_oneWay + (due == 0 ? handshake : TimeSpan.Zero));
                    due = Math.Max(due, arrives);
                    underWay.Writer.TryWrite((due, buffer[..length]));
                }
            }
            finally
            {
                underWay.Writer.Complete();
            }
        }

        async Task DeliverAsync()
        {
            await foreach (var (due, bytes) in underWay.Reader.ReadAllAsync(_end.Token))
            {
                for (var left = due - Stopwatch.GetTimestamp(); left > 0; left = due - Stopwatch.GetTimestamp())
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(left * 1000.0 / Stopwatch.Frequency)), _end.Token);
                }

                for (var sent = 0; sent < bytes.Length;)
                {
                    sent += await to.SendAsync(bytes.AsMemory(sent), _end.Token);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
