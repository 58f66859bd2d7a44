namespace TemporalConformance.Cli;

/// <summary>Exit codes beside those of the verdict (0 GO, 1 NO-GO, 2 UNDECIDED).</summary>
internal static class ExitCodes
{
    /// <summary>The command line, the settings, or a file that they name is wrong.</summary>
    public const int Usage = 64;

    /// <summary>The tool itself failed.</summary>
    public const int Internal = 70;

    /// <summary>What was asked for could not be told, or not all of it.</summary>
    public const int NotTold = 2;

    /// <summary>The run was stopped before its end; its results say UNDECIDED.</summary>
    public const int Stopped = 2;
}
