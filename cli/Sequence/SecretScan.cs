using TemporalConformance.Facts;

namespace TemporalConformance.Cli;

/// <summary>
/// The last look at the results before they are handed out. Answers are scrubbed as they fall; should a secret have found another way, no
/// report is better than that one.
/// </summary>
internal static class SecretScan
{
    /// <summary>Deletes every file of the folder when one of them holds a secret, and says which ones did.</summary>
    /// <param name="folder">The results folder.</param>
    /// <param name="scrubber">Knows the secrets.</param>
    /// <returns>The names of the files in which a secret stood; empty as a rule.</returns>
    public static IReadOnlyList<string> Purge(string folder, SecretScrubber scrubber)
    {
        var files = Directory.GetFiles(folder).Where(file => new[] { ".json", ".jsonl", ".trx", ".md", ".xml", ".log" }.Contains(Path.GetExtension(file))).ToList();
        var leaking = files.Where(file => scrubber.Finds(File.ReadAllText(file))).ToList();
        if (leaking.Count > 0)
        {
            files.ForEach(File.Delete);
        }

        return [.. leaking.Select(Path.GetFileName).OfType<string>()];
    }
}
