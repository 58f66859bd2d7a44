namespace TemporalConformance.Cli;

/// <summary>What the other end of the output can show. Found once by <see cref="Detect"/>; tests state it.</summary>
public sealed record TerminalOptions
{
    /// <summary>A person watches: a status line may be drawn and drawn over. Never true for a pipe, a file or a CI log.</summary>
    public bool Interactive { get; init; }

    /// <summary>Escape sequences for colour and weight may be written.</summary>
    public bool Styled { get; init; }

    /// <summary>Colours may be used; without them <see cref="Styled"/> still allows bold and inverse.</summary>
    public bool Coloured { get; init; }

    /// <summary>✓ ✗ … can be shown; otherwise their ASCII stand-ins are printed.</summary>
    public bool Unicode { get; init; } = true;

    /// <summary>Cells in a line; <c>null</c> where nothing must be wrapped (pipes and files).</summary>
    public int? Width { get; init; }

    /// <summary>How long nothing may appear before the view says what it waits for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The least time between two such lines where they cannot be drawn over.</summary>
    public TimeSpan WaitingLines { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Decides from the environment. <c>NO_COLOR</c> (no-color.org) wins over <c>FORCE_COLOR</c>: who asks for less gets less.
    /// <c>FORCE_COLOR</c> colours a pipe too, but never moves its cursor. <c>CI</c> and <c>TERM=dumb</c> turn off everything that
    /// draws over a line.
    /// </summary>
    /// <param name="environment">Reads a variable; <c>null</c> when it is not set.</param>
    /// <param name="redirected">The stream is a pipe or a file.</param>
    /// <param name="codePage">The code page of the stream's encoding; 65001 is UTF-8.</param>
    /// <param name="width">Cells of the terminal; ignored when <paramref name="redirected"/>.</param>
    public static TerminalOptions Detect(Func<string, string?> environment, bool redirected, int codePage, int width)
    {
        bool Has(string name) => environment(name) is { Length: > 0 } value && value is not ("0" or "false");
        var term = environment("TERM") ?? "";
        var forced = Has("FORCE_COLOR");
        var styled = forced || (!redirected && term != "dumb");

        return new TerminalOptions
        {
            Interactive = !redirected && term != "dumb" && !Has("CI"),
            Styled = styled,
            // no-color.org: any non-empty value counts, "0" too.
            Coloured = styled && environment("NO_COLOR") is not { Length: > 0 },
            Unicode = ShowsUnicode(environment, codePage) && (redirected || term != "linux"),
            Width = redirected ? null : Math.Clamp(width, 40, 200),
        };
    }

    // .NET writes UTF-8 where the locale is C or POSIX, though the user has said that the terminal knows ASCII alone. No locale at all
    // is what containers and CI have: nothing was said there, and what reads their output knows UTF-8.
    private static bool ShowsUnicode(Func<string, string?> environment, int codePage)
    {
        const int utf8 = 65001;
        var locale = new[] { "LC_ALL", "LC_CTYPE", "LANG" }.Select(environment).FirstOrDefault(value => value is { Length: > 0 });
        return codePage == utf8 && locale is not ("C" or "POSIX");
    }
}
