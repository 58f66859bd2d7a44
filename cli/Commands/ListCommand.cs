using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>Tells about checks without asking them.</summary>
internal static class ListCommand
{
    /// <summary>Prints every check.</summary>
    public static int List()
    {
        Listings.Checks(Screen.Output(), CheckRoll.Embedded().Checks);
        return 0;
    }

    /// <summary>Prints everything about one check.</summary>
    /// <exception cref="UsageException">There is no such check.</exception>
    public static int Explain(string id)
    {
        var roll = CheckRoll.Embedded();
        var check = roll.Find(id) ?? throw new UsageException(new Problem(
            "There is no such check.",
            Observed: id,
            Do: NearestText.Of(id, roll.Checks.Select(check => check.Id)) is { } near ? $"Did you mean {near}? ./run.sh list shows all." : "./run.sh list shows all."));
        Listings.Explain(Screen.Output(), check);
        return 0;
    }
}
