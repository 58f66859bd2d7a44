using System.Text.Json;

namespace TemporalConformance.Gate;

/// <summary>A file that the gate reads is not what it has to be. The message says where, what was wanted and what was observed.</summary>
public class GateInputException : Exception
{
    /// <summary>Names the place and the difference.</summary>
    /// <param name="file">File name as the user knows it.</param>
    /// <param name="line">Line, from 1; 0 when the file as a whole is meant.</param>
    /// <param name="column">Column, from 1 (in JSON counted in bytes); 0 as above.</param>
    /// <param name="wanted">What should stand there.</param>
    /// <param name="observed">What stands there.</param>
    public GateInputException(string file, long line, long column, string wanted, string observed)
        : base($"{Place(file, line, column)}: wanted {wanted}; observed {observed}.") =>
        (File, Line, Column, Wanted, Observed) = (file, line, column, wanted, observed);

    /// <summary>File name as the user knows it.</summary>
    public string File { get; }

    /// <summary>Line, from 1; 0 when the file as a whole is meant.</summary>
    public long Line { get; }

    /// <summary>Column, from 1; 0 when the file as a whole is meant.</summary>
    public long Column { get; }

    /// <summary>What should stand there.</summary>
    public string Wanted { get; }

    /// <summary>What stands there.</summary>
    public string Observed { get; }

    /// <summary>"file:line:column", or the file alone.</summary>
    public string Where => Place(File, Line, Column);

    internal static GateInputException From(JsonException e, string file, string wanted)
    {
        // The framework appends its own account of path and position, which `Where` already gives: "… Path: $.x | LineNumber: 1 | …".
        var text = e.Message;
        var tail = text.IndexOf(" Path: ", StringComparison.Ordinal);
        tail = tail < 0 ? text.IndexOf(" LineNumber: ", StringComparison.Ordinal) : tail;
        var observed = (tail < 0 ? text : text[..tail]).TrimEnd('.', ' ');
        var path = string.IsNullOrEmpty(e.Path) || e.Path == "$" ? "" : $" at {e.Path}";
        return new(file, (e.LineNumber ?? -1) + 1, (e.BytePositionInLine ?? -1) + 1, wanted, observed + path);
    }

    private static string Place(string file, long line, long column) => line > 0 ? $"{file}:{line}:{column}" : file;
}
