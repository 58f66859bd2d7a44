using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>A stretch of text in one style. The text is data: it is never read as markup.</summary>
/// <param name="Text">One line, or lines separated by line feeds where the method taking it says so.</param>
/// <param name="Style">How it looks where the terminal can show it.</param>
internal readonly record struct Piece(string Text, Style Style)
{
    /// <summary>Plain text.</summary>
    public static implicit operator Piece(string text) => new(text, Style.Plain);
}

/// <summary>
/// Lines laid out for one width: each paragraph has a head that stands in a gutter and a body that wraps beside it. Spectre prints
/// them as they are, so that neither its markup nor its own wrapping at 80 can change them.
/// </summary>
/// <param name="width">Cells in a line; <c>null</c> leaves lines whole.</param>
/// <param name="unicode">Whether characters beyond ASCII can be shown.</param>
internal sealed class Page(int? width, bool unicode) : IRenderable
{
    /// <summary>The widest a rule or a table is drawn where lines are not wrapped.</summary>
    private const int Unwrapped = 100;

    /// <summary>Stands for a space at which a line must not be broken, as in <c>0.3 s</c>; a plain space is printed.</summary>
    public const char Unbroken = '\u00A0';

    private readonly List<IReadOnlyList<Piece>> lines = [];

    /// <summary>A page for a terminal.</summary>
    public Page(TerminalOptions options)
        : this(options.Width, options.Unicode)
    {
    }

    /// <summary>Cells to draw in where something must have a width.</summary>
    public int Width => width ?? Unwrapped;

    /// <summary>Whether lines are cut at <see cref="Width"/>.</summary>
    public bool Wraps => width is not null;

    /// <summary>Adds an empty line.</summary>
    public Page Blank()
    {
        lines.Add([]);
        return this;
    }

    /// <summary>Adds one line that is not wrapped.</summary>
    public Page Line(params ReadOnlySpan<Piece> pieces)
    {
        lines.Add([.. Clean(pieces)]);
        return this;
    }

    /// <summary>
    /// Adds a paragraph: <paramref name="head"/> padded to <paramref name="indent"/> cells, then <paramref name="body"/>, whose further
    /// lines start below its first. Line feeds in the body end a line. A head too long for its gutter keeps one space to the body.
    /// </summary>
    public Page Paragraph(int indent, IReadOnlyList<Piece> head, params IReadOnlyList<Piece> body)
    {
        var gutter = Clean([.. head]);
        var used = gutter.Sum(piece => piece.Text.GetCellWidth());
        gutter.Add(new string(' ', used < indent ? indent - used : used == 0 ? 0 : 1));
        var first = Math.Max(indent, used + (used == 0 ? 0 : 1));
        foreach (var line in Wrap(body, indent, first))
        {
            gutter.AddRange(line);
            lines.Add([.. gutter]);
            gutter = [new string(' ', indent)];
        }

        return this;
    }

    /// <summary>Adds a paragraph with plain text beside its head.</summary>
    public Page Paragraph(int indent, Piece head, string body) => Paragraph(indent, [head], body);

    /// <summary>Adds a horizontal line as wide as the page, at most 100 cells.</summary>
    public Page Rule(Style style)
    {
        lines.Add([new Piece(new string(unicode ? '━' : '=', Math.Min(Width, Unwrapped)), style)]);
        return this;
    }

    /// <summary>Adds the lines of another page.</summary>
    public Page Add(Page other)
    {
        lines.AddRange(other.lines);
        return this;
    }

    /// <summary>A check's mark in the characters this page can show.</summary>
    public Piece Glyph(Result result, Severity severity) => Look.Glyph(result, severity, unicode);

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => lines.Count == 0;

    /// <inheritdoc />
    public Measurement Measure(RenderOptions options, int maxWidth) => new(1, maxWidth);

    /// <inheritdoc />
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        foreach (var line in lines)
        {
            var last = line.Count;
            while (last > 0 && string.IsNullOrWhiteSpace(line[last - 1].Text) && line[last - 1].Style == Style.Plain)
            {
                last--;
            }

            for (var i = 0; i < last; i++)
            {
                // The badge's own margin is visible only where it has a background.
                var text = i == last - 1 && !options.Ansi ? line[i].Text.TrimEnd() : line[i].Text;
                yield return new Segment(text.Replace(Unbroken, ' '), line[i].Style);
            }

            yield return Segment.LineBreak;
        }
    }

    private List<Piece> Clean(ReadOnlySpan<Piece> pieces)
    {
        var clean = new List<Piece>(pieces.Length);
        foreach (var piece in pieces)
        {
            clean.Add(piece with { Text = Printable.Line(piece.Text, unicode) });
        }

        return clean;
    }

    // The first line may start further right than the following ones: its head can be longer than the gutter.
    private IEnumerable<List<Piece>> Wrap(IReadOnlyList<Piece> body, int indent, int first)
    {
        var room = width is { } cells ? Math.Max(cells - indent, 10) : int.MaxValue;
        var left = width is { } all ? Math.Max(all - first, 10) : int.MaxValue;
        var line = new List<Piece>();
        var used = 0;
        foreach (var (word, spaces, breaks) in Words(body))
        {
            var overflows = !breaks && used > 0 && used + spaces + word.Text.GetCellWidth() > left;
            if (breaks || overflows)
            {
                yield return line;
                (line, used, left) = ([], 0, room);
            }

            // Spaces that begin a line of the text are its author's indentation; where we wrap they are only a separator.
            var before = overflows ? 0 : spaces;
            used += before;
            if (before > 0 && line is [.., var last] && last.Style == word.Style)
            {
                line[^1] = last with { Text = last.Text + new string(' ', before) };
            }
            else if (before > 0)
            {
                line.Add(new string(' ', before));
            }

            var rest = word;
            while (used + rest.Text.GetCellWidth() > left)
            {
                var (head, tail) = Split(rest.Text, Math.Max(left - used, 1));
                line.Add(rest with { Text = head });
                yield return line;
                (line, used, left) = ([], 0, room);
                rest = rest with { Text = tail };
            }

            // One piece for all neighbours of one style: one pair of escape sequences instead of one a word.
            if (line is [.., var neighbour] && neighbour.Style == rest.Style)
            {
                line[^1] = neighbour with { Text = neighbour.Text + rest.Text };
            }
            else
            {
                line.Add(rest);
            }

            used += rest.Text.GetCellWidth();
        }

        yield return line;
    }

    // Words with the number of spaces before each; `Breaks` marks one that starts a new line of its text.
    private IEnumerable<(Piece Word, int Spaces, bool Breaks)> Words(IReadOnlyList<Piece> body)
    {
        foreach (var piece in body)
        {
            var breaks = false;
            foreach (var line in piece.Text.ReplaceLineEndings("\n").Split('\n'))
            {
                var spaces = 0;
                var any = false;
                foreach (var word in Printable.Line(line, unicode).Split(' '))
                {
                    if (word.Length == 0)
                    {
                        spaces++;
                        continue;
                    }

                    yield return (piece with { Text = word }, spaces, breaks);
                    (spaces, breaks, any) = (1, false, true);
                }

                if (breaks && !any)
                {
                    yield return (piece with { Text = "" }, 0, true);
                }

                breaks = true;
            }
        }
    }

    // Cuts after as many whole characters as fit into the cells; one character at least, so that it ends.
    private static (string Head, string Tail) Split(string text, int cells)
    {
        var head = new StringBuilder();
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var next = rune.ToString();
            used += next.GetCellWidth();
            if (used > cells && head.Length > 0)
            {
                break;
            }

            head.Append(next);
        }

        return (head.ToString(), text[head.Length..]);
    }
}
