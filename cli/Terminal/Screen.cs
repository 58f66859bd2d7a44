using System.Text;
using Spectre.Console;

namespace TemporalConformance.Cli;

/// <summary>A console together with what is known of it.</summary>
/// <param name="Console">Where the text goes.</param>
/// <param name="Options">What it can show.</param>
public sealed record Screen(IAnsiConsole Console, TerminalOptions Options)
{
    /// <summary>Standard output: the live view, lists, explanations.</summary>
    public static Screen Output() => Open(System.Console.Out, System.Console.IsOutputRedirected);

    /// <summary>Standard error: settings problems and internal errors, so that a pipe on the output does not swallow them.</summary>
    public static Screen Error() => Open(System.Console.Error, System.Console.IsErrorRedirected);

    /// <summary>Opens a stream with the answers of the process's environment.</summary>
    private static Screen Open(TextWriter writer, bool redirected)
    {
        var width = redirected ? 0 : TerminalWidth();
        return Open(writer, TerminalOptions.Detect(Environment.GetEnvironmentVariable, redirected, writer.Encoding.CodePage, width));
    }

    /// <summary>Opens a stream that can show what <paramref name="options"/> say; nothing else of the environment is asked.</summary>
    public static Screen Open(TextWriter writer, TerminalOptions options)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new Stream(writer),
            Ansi = options.Styled ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = options.Coloured ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            // Spectre's own enrichers turn escapes on again for some CI systems; the decision is made in TerminalOptions alone.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Capabilities.Unicode = options.Unicode;
        return new Screen(console, options);
    }

    /// <summary>Writes whole lines; wrapping was decided when the page was laid out.</summary>
    internal void Write(Page page) => Console.Write(page);

    /// <summary>An empty page as wide as this screen.</summary>
    internal Page NewPage() => new(Options);

    // A terminal that does not tell its size (some remote consoles) reports 0 or throws.
    private static int TerminalWidth()
    {
        try
        {
            return System.Console.WindowWidth is > 0 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }

    // Spectre asks its output for a width, and must not cut what Page has laid out.
    private sealed class Stream(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => false;

        public int Width => int.MaxValue;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
            // The encoding of the process's streams stays as it was found.
        }
    }
}
