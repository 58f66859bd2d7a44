using System.Text;

namespace TemporalConformance.Gate;

/// <summary>The results folder cannot be used. The message says why and what to do.</summary>
public sealed class ResultsFolderException(string message) : Exception(message);

/// <summary>
/// The life of a results folder. The first act of a command takes the old verdict away and writes UNDECIDED; the last act
/// writes the real one. Every file is written beside its place, flushed to the disk and renamed, so that a command killed
/// at any moment leaves the old file or the new one, and never a GO that nobody gave.
/// </summary>
/// <remarks>
/// Only files with names this tool gives are ever removed: a phase's name with one of <see cref="Suffixes"/>, and
/// <c>verdict.json</c>, <c>verdict.md</c>, <c>verdict.junit.xml</c>. Anything else in the folder, another project's TRX
/// included, is neither removed nor read.
/// </remarks>
public static class ResultsFolder
{
    /// <summary>The file that counts.</summary>
    public const string VerdictName = "verdict.json";

    private const string Temporary = ".tmp";

    /// <summary>What stands behind a phase's name in the names of its files.</summary>
    public static IReadOnlyList<string> Suffixes { get; } =
        [".verdict.json", ".verdict.md", ".verdict.junit.xml", ".trx", ".run.json", ".events.jsonl", ".log"];

    /// <summary>Empties the folder of what this tool left there before and writes <paramref name="unfinished"/>.</summary>
    /// <param name="folder">The folder; made where it does not exist.</param>
    /// <param name="unfinished">What counts until the command's last act: <see cref="Verdict.Unfinished"/>.</param>
    /// <exception cref="ResultsFolderException">The path is a file, the root of a file system, or cannot be written.</exception>
    public static void Begin(string folder, Verdict unfinished) => Begin(folder, unfinished, Disk.Real);

    /// <summary>Writes the verdict of one phase: <c>&lt;Phase&gt;.verdict.json</c>.</summary>
    /// <exception cref="ResultsFolderException">It cannot be written.</exception>
    public static void WritePhase(string folder, string phase, Verdict verdict) =>
        Guarded(folder, () => Write(Disk.Real, folder, $"{phase}.verdict.json", verdict.ToJson()));

    /// <summary>Writes <c>verdict.md</c>, <c>verdict.junit.xml</c> and, as the very last act, <c>verdict.json</c>.</summary>
    /// <exception cref="ResultsFolderException">A file cannot be written; verdict.json then still says UNDECIDED.</exception>
    public static void Finish(string folder, Verdict verdict) => Finish(folder, verdict, Disk.Real);

    internal static void Begin(string folder, Verdict unfinished, Disk disk) => Guarded(folder, () =>
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(full))
        {
            throw new ResultsFolderException($"The results cannot go to {full}: wanted a folder; observed a file. Name a folder with --results.");
        }

        if (full == Path.GetPathRoot(full))
        {
            throw new ResultsFolderException($"The results cannot go to {full}: wanted a folder; observed the root of a file system. Name a folder with --results.");
        }

        disk.CreateFolder(full);

        // The verdicts go first: what a reader would believe must not outlive what it was based on.
        foreach (var name in Known())
        {
            disk.Delete(Path.Combine(full, name));
            disk.Delete(Path.Combine(full, name + Temporary));
        }

        Write(disk, full, VerdictName, unfinished.ToJson());
    });

    internal static void Finish(string folder, Verdict verdict, Disk disk) => Guarded(folder, () =>
    {
        Write(disk, folder, "verdict.md", Reports.Markdown(verdict));
        Write(disk, folder, "verdict.junit.xml", Reports.JUnit(verdict));
        Write(disk, folder, VerdictName, verdict.ToJson());
    });

    private static IEnumerable<string> Known() =>
        ((string[])[VerdictName, "verdict.md", "verdict.junit.xml"])
        .Concat(from suffix in Suffixes from phase in Phases.All select phase + suffix);

    private static void Write(Disk disk, string folder, string name, string text)
    {
        var file = Path.Combine(folder, name);
        disk.Write(file + Temporary, text);
        disk.Rename(file + Temporary, file);
    }

    private static void Guarded(string folder, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ResultsFolderException(
                $"The results cannot go to {Path.GetFullPath(folder)}: wanted a folder that this user can write to; observed: {e.Message.TrimEnd('.')}. Name another folder with --results.");
        }
    }
}

/// <summary>The file operations of <see cref="ResultsFolder"/>, one method each, so that a test can fail any of them.</summary>
internal class Disk
{
    public static Disk Real { get; } = new();

    public virtual void CreateFolder(string path) => Directory.CreateDirectory(path);

    /// <summary>Removes a file; that there is none is fine.</summary>
    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>Writes a file and waits until the disk has it: a rename must never be there before its content is.</summary>
    public virtual void Write(string path, string text)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None);
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Puts a file in the place of another in one step.</summary>
    public virtual void Rename(string from, string to) => File.Move(from, to, overwrite: true);
}
