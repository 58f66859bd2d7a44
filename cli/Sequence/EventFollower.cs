using System.Text;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>
/// Follows a file of answers while another process appends to it. A file's growth cannot be awaited portably, so it is looked at a few times
/// a second; nothing depends on when, and <see cref="ReadRest"/> reads what is left.
/// </summary>
internal sealed class EventFollower : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly Lock _reading = new();
    private readonly string _file;
    private readonly Action<AnswerEvent> _answered;
    private readonly Timer _timer;
    private long _position;

    /// <summary>Starts to follow; the file may not exist yet.</summary>
    public EventFollower(string file, Action<AnswerEvent> answered)
    {
        _file = file;
        _answered = answered;
        _timer = new Timer(_ => Read(), null, Look, Look);
    }

    /// <summary>Reads to the end: the writer has finished.</summary>
    public void ReadRest()
    {
        _timer.Change(Timeout.Infinite, Timeout.Infinite);
        Read();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Read()
    {
        lock (_reading)
        {
            if (!File.Exists(_file))
            {
                return;
            }

            using var stream = new FileStream(_file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length <= _position)
            {
                return;
            }

            stream.Position = _position;
            var fresh = new byte[stream.Length - _position];
            stream.ReadExactly(fresh);
            var whole = Array.LastIndexOf(fresh, (byte)'\n') + 1;
            _position += whole;
            foreach (var answer in EventLog.Read(Encoding.UTF8.GetString(fresh, 0, whole), Path.GetFileName(_file)).Events)
            {
                _answered(answer);
            }
        }
    }
}
