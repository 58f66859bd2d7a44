using System.Net;
using System.Net.Sockets;
using System.Text;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>
/// Answers at the wire as an object store does that has trouble: a listing and objects as given, refusals, bodies that end early. One request a
/// connection.
/// </summary>
internal sealed class WireS3 : IAsyncDisposable
{
    /// <summary>The access key that <see cref="Settings"/> has.</summary>
    public const string AccessKey = "AKIAOFNOBODYATALL";

    /// <summary>Its secret key.</summary>
    public const string SecretKey = "a+secret/that-nobody-ever-sees";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<WireRequest, byte[]> _answer;
    private readonly Task _accepting;

    /// <summary>Begins to listen.</summary>
    /// <param name="answer">All bytes of an answer, its head included; when they are sent, the connection is closed.</param>
    public WireS3(Func<WireRequest, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>How to ask it.</summary>
    public S3Settings Settings => new(new Uri($"http://{_listener.LocalEndpoint}"), null, new Secret(AccessKey), new Secret(SecretKey), null, null);

    /// <summary>How many requests came.</summary>
    public int Requests { get; private set; }

    /// <summary>An answer with a body, whose length may be stated wrongly.</summary>
    public static byte[] Answer(string status, byte[] body, long? length = null) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {length ?? body.Length}\r\nLast-Modified: Mon, 23 Nov 2026 04:00:00 GMT\r\nConnection: close\r\n\r\n"), .. body];

    /// <summary>A refusal in S3's own words.</summary>
    public static byte[] Refusal(string status, string code, string message) =>
        Answer(status, Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{WebUtility.HtmlEncode(message)}</Message><RequestId>1</RequestId></Error>"));

    /// <summary>A page of a listing.</summary>
    public static byte[] Listing(IEnumerable<(string Key, long Bytes)> objects, string? next = null) => Answer("200 OK", Encoding.UTF8.GetBytes(
        $"<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>{(next is null ? "false" : $"true</IsTruncated><NextContinuationToken>{next}</NextContinuationToken><IsTruncated>true")}</IsTruncated>"
        + string.Concat(objects.Select(one => $"<Contents><Key>{one.Key}</Key><LastModified>2026-11-23T04:00:00.000Z</LastModified><Size>{one.Bytes}</Size></Contents>")) + "</ListBucketResult>"));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(open);
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        try
        {
            var (head, buffer) = (new StringBuilder(), new byte[16 * 1024]);
            while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await client.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                head.Append(Encoding.ASCII.GetString(buffer, 0, read));
            }

            Requests++;
            await client.GetStream().WriteAsync(_answer(new WireRequest(head.ToString())), _stop.Token);
        }
        catch (Exception end) when (end is IOException or SocketException or OperationCanceledException)
        {
            // The client hung up, as it does once it has read enough, or the test is over.
        }
    }
}

/// <summary>A request as it came.</summary>
/// <param name="Text">Its line and its headers.</param>
internal sealed record WireRequest(string Text)
{
    /// <summary>Path and query.</summary>
    public string Target => Text.Split(' ')[1];

    /// <summary>Whether objects are to be listed.</summary>
    public bool IsList => Target.Contains("list-type=2", StringComparison.Ordinal);

    /// <summary>Whether only what lies at one level is to be listed.</summary>
    public bool IsOneLevel => Target.Contains("delimiter=", StringComparison.Ordinal);
}
