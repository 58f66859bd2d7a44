using Spectre.Console;
using Spectre.Console.Rendering;

namespace TemporalConformance.Cli;

/// <summary>One line at the bottom of an interactive terminal that is drawn over and leaves no trace. Does nothing elsewhere.</summary>
internal sealed class StatusLine(IAnsiConsole console, TerminalOptions options)
{
    private const string Unicode = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
    private const string Ascii = "-\\|/";

    private int frame;
    private bool shown;

    /// <summary>Draws the line, shortened so that it never wraps: a wrapped line could not be erased.</summary>
    public void Show(string text, TimeSpan elapsed)
    {
        var frames = options.Unicode ? Unicode : Ascii;
        var mark = frames[frame++ % frames.Length];
        var time = $" {(options.Unicode ? '·' : '-')} {Look.Time(elapsed).Replace(Page.Unbroken, ' ')}";
        var room = (options.Width ?? 80) - 5 - time.Length;
        var line = Printable.Line(text, options.Unicode);
        var body = line.GetCellWidth() <= room ? line : Shorten(line, room);
        console.Write(new Raw([Segment.Control("\r\e[2K"), new Segment("  "), new Segment(mark.ToString(), Look.Given), new Segment($" {body}{time}", Look.Quiet)]));
        shown = true;
    }

    /// <summary>Erases the line, if one is drawn.</summary>
    public void Clear()
    {
        if (shown)
        {
            console.Write(new Raw([Segment.Control("\r\e[2K")]));
            shown = false;
        }
    }

    private string Shorten(string text, int room)
    {
        var end = options.Unicode ? "…" : "...";
        while (text.Length > 0 && text.GetCellWidth() > room - end.Length)
        {
            text = text[..^1];
        }

        return text + end;
    }

    private sealed class Raw(IReadOnlyList<Segment> segments) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => segments;
    }
}
