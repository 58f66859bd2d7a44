namespace TemporalConformance.SelfTests;

/// <summary>
/// Compares what is printed with a text that a person has read and approved: <c>tests/SelfTests/Terminal/Approved/NAME.txt</c>.
/// After a change that is meant, run the tests once with <c>TEMPORAL_CONFORMANCE_APPROVE=1</c> and read the difference before committing.
/// </summary>
internal static class Approved
{
    public static void ShouldBeApproved(this string text, string name)
    {
        var file = Path.Combine(Checkout.Root, "tests", "SelfTests", "Terminal", "Approved", $"{name}.txt");
        var printed = text.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("TEMPORAL_CONFORMANCE_APPROVE") == "1")
        {
            File.WriteAllText(file, printed);
        }

        File.Exists(file).ShouldBeTrue($"{name}.txt has never been approved");
        printed.ShouldBe(File.ReadAllText(file), $"differs from Approved/{name}.txt");
    }
}

/// <summary>The checkout that these tests were built from.</summary>
internal static class Checkout
{
    /// <summary>The folder with the solution, found upwards from the test assembly.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "TemporalConformance.sln"))
            ? folder
            : Path.GetDirectoryName(folder.TrimEnd(Path.DirectorySeparatorChar)) is { } parent
                ? Find(parent)
                : throw new InvalidOperationException($"No TemporalConformance.sln above {AppContext.BaseDirectory}.");
}
