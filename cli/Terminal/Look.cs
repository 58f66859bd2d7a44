using Spectre.Console;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>The few styles, glyphs and words that every page uses. Colour never carries a meaning that no word or glyph carries too.</summary>
internal static class Look
{
    public static readonly Style Good = new(Color.Green);
    public static readonly Style Bad = new(Color.Red);
    public static readonly Style Doubtful = new(Color.Yellow);
    public static readonly Style Quiet = new(decoration: Decoration.Dim);
    public static readonly Style Strong = new(decoration: Decoration.Bold);
    public static readonly Style Given = new(Color.Blue);

    /// <summary>The mark before a check's sentence.</summary>
    public static Piece Glyph(Result result, Severity severity, bool unicode) => result switch
    {
        Result.Met => new(unicode ? "✓" : "+", Good),
        Result.Violated => new(unicode ? "✗" : "x", Of(severity)),
        Result.Unanswered => new("?", Of(severity)),
        Result.Waived => new(unicode ? "○" : "o", Given),
        Result.Deferred => new(unicode ? "…" : "~", Quiet),
        _ => new(unicode ? "–" : "-", Quiet),
    };

    /// <summary>What a check that is not green is called behind its sentence: its severity, or why it has none.</summary>
    public static Piece? Word(Result result, Severity severity) => result switch
    {
        Result.Met => null,
        Result.Violated or Result.Unanswered => new(severity.Text(), Of(severity)),
        Result.Waived => new("waived", Given),
        Result.Deferred => new("deferred", Quiet),
        _ => new($"not{Page.Unbroken}applicable", Quiet),
    };

    /// <summary>Red for what stops an upgrade, yellow for what needs a decision.</summary>
    public static Style Of(Severity severity) => severity is Severity.Blocker ? Bad : Doubtful;

    /// <summary>The verdict's colour.</summary>
    public static Color Colour(Decision decision) => decision switch
    {
        Decision.Go => Color.Green,
        Decision.NoGo => Color.Red,
        _ => Color.Yellow,
    };

    /// <summary>A time as a person says it: <c>0.3 s</c>, <c>12 s</c>, <c>2 min 05 s</c>.</summary>
    public static string Time(TimeSpan time)
    {
        var seconds = time.TotalSeconds;
        var text = seconds switch
        {
            < 9.95 => $"{seconds:0.0} s",
            < 59.5 => $"{seconds:0} s",
            _ => $"{(int)Math.Round(seconds) / 60} min {(int)Math.Round(seconds) % 60:00} s",
        };
        return text.Replace(' ', Page.Unbroken);
    }

    /// <summary><c>1 check</c>, <c>3 checks</c>.</summary>
    public static string Count(int number, string thing) => $"{number} {thing}{(number == 1 ? "" : "s")}";
}
