using System.Diagnostics;
using Spectre.Console;
using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>A backup's verdict on the terminal: the dumps, the ladder, what is not proven.</summary>
internal static class BackupPage
{
    /// <summary>Lays it out.</summary>
    public static Page Of(Page page, BackupVerdict verdict)
    {
        foreach (var dump in verdict.Set.Dumps)
        {
            var header = dump.Archive.Header;
            page.Line(new Piece(dump.Place, Look.Strong));
            page.Paragraph(4, [], string.Join(", ", new[]
            {
                dump.Stores.Count == 0 ? "unknown" : string.Join(" and ", dump.Stores.Select(store => $"{store.Name()} store")),
                dump.Archive.Form?.ToString().ToLowerInvariant(),
                header?.Database is { } database ? $"database {database}" : null,
                dump.Schema is { } schema ? $"schema {schema.CurrVersion}" : null,
                header?.DumpVersion is { } version ? $"pg_dump {version.Split(' ')[0]}" : null,
                $"{dump.Bytes:#,0} bytes",
            }.OfType<string>()));
            foreach (var remark in dump.Archive.Remarks)
            {
                page.Paragraph(4, [], new Piece(remark, Look.Quiet));
            }
        }

        foreach (var other in verdict.Set.Others)
        {
            page.Paragraph(0, [], new Piece(Printable.Flat(other), Look.Quiet));
        }

        page.Blank();
        foreach (var answer in verdict.Answers)
        {
            var text = answer.Text;
            page.Paragraph(7, ["  ", page.Glyph(text.Result, answer.Severity), answer.Rung is { } rung ? $" L{rung}" : ""], new Piece(Printable.Flat(text.Sentence), text.Result == Result.Met ? Style.Plain : Look.Strong));
            if (text.Result is Result.Violated or Result.Unanswered)
            {
                foreach (var (label, body) in new[] { ("check", answer.Check), ("wanted", text.Wanted), ("observed", text.Observed), ("where", text.Where), ("do", text.Remedy) })
                {
                    if (body is { Length: > 0 })
                    {
                        page.Paragraph(17, new Piece($"       {label}", Look.Quiet), body);
                    }
                }
            }
        }

        foreach (var sentence in verdict.Pair)
        {
            page.Paragraph(7, ["       "], new Piece(Printable.Flat(sentence), Look.Quiet));
        }

        page.Blank().Line(new Piece("Not proven", Look.Strong));
        foreach (var sentence in verdict.NotProven)
        {
            page.Paragraph(4, ["  -"], sentence);
        }

        var word = verdict.Decision.Text();
        page.Blank().Paragraph(2, [new Piece($" {word} ", new Style(Look.Colour(verdict.Decision), decoration: Decoration.Bold | Decoration.Invert))], new Piece(verdict.Reached, Look.Strong));
        return page.Paragraph(2, [], new Piece($"exit code {verdict.Decision.ExitCode()} (see --help)", Look.Strong));
    }
}

/// <summary>How far the reading of large files is, on a terminal that somebody looks at; silent elsewhere.</summary>
internal sealed class ReadingProgress(Screen screen)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    private readonly StatusLine _line = new(screen.Console, screen.Options);
    private readonly Dictionary<string, long> _read = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Lock _lock = new();
    private TimeSpan _next = s_pause;

    /// <summary>So many bytes of a file were read.</summary>
    public void Show(string file, long bytes)
    {
        lock (_lock)
        {
            _read[file] = bytes;
            if (screen.Options.Interactive && _watch.Elapsed >= _next)
            {
                _next = _watch.Elapsed + s_pause;
                var sum = _read.Values.Sum();
                _line.Show($"reading {_read.Count} dumps, {sum >> 20:#,0} MiB, {(sum >> 20) / _watch.Elapsed.TotalSeconds:0} MiB/s", _watch.Elapsed);
            }
        }
    }

    /// <summary>Erases the line.</summary>
    public void Clear() => _line.Clear();
}
