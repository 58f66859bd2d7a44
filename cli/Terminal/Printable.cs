using System.Globalization;
using System.Text;

namespace TemporalConformance.Cli;

/// <summary>
/// Makes data safe to show. Names of tables, messages of servers and values of settings come from outside: an escape sequence in one of
/// them must not move a cursor or recolour a verdict, nor a bidirectional override turn a sentence round.
/// </summary>
internal static class Printable
{
    /// <summary>
    /// One line of text: control and direction characters are shown as <c>\x1B</c> or <c>\u202E</c>, a tab becomes a space; without
    /// Unicode typographic characters get their ASCII forms.
    /// </summary>
    public static string Line(string text, bool unicode)
    {
        if (text.All(c => c is >= ' ' and <= '~'))
        {
            return text;
        }

        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\t' => line.Append(' '),
                _ when char.IsControl(c) => line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}"),
                _ when IsInvisible(c) => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ when unicode => line.Append(c),
                _ => line.Append(Ascii(c)),
            };
        }

        return line.ToString();
    }

    /// <summary>A text without its line feeds, for the places whose lines are ours alone: a title, a verdict's reason.</summary>
    public static string Flat(string text) => text.ReplaceLineEndings(" ");

    private static bool IsInvisible(char c) =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Ascii(char c) => c switch
    {
        '…' => "...",
        '→' => "->",
        '–' or '—' or '‑' => "-",
        '“' or '”' => "\"",
        '‘' or '’' => "'",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '×' => "x",
        '·' => "-",
        _ => c.ToString(),
    };
}
