namespace TemporalConformance.Benchmarks;

/// <summary>What the command line may choose.</summary>
/// <param name="Rounds">How often each command is measured.</param>
/// <param name="Executions">How many executions the large databases have.</param>
/// <param name="Parts">Which tables to make.</param>
internal sealed record Options(int Rounds, long Executions, IReadOnlySet<string> Parts)
{
    /// <summary>Every part there is; all but the last by default, which builds a whole clone.</summary>
    private static readonly string[] All = ["floor", "delay", "live", "kubernetes", "exposition", "dashboards", "size", "archive", "backup", "run", "clone"];

    /// <summary>Reads the command line; null, and a sentence on the error output, where it is wrong.</summary>
    public static Options? Read(string[] arguments)
    {
        var options = new Options(15, 1_000_000, All[..^1].ToHashSet());
        for (var index = 0; index < arguments.Length; index += 2)
        {
            var value = index + 1 < arguments.Length ? arguments[index + 1] : "";
            var read = arguments[index] switch
            {
                "--rounds" when int.TryParse(value, out var rounds) && rounds > 0 => options with { Rounds = rounds },
                "--executions" when long.TryParse(value, out var executions) && executions >= Program.SmallExecutions => options with { Executions = executions },
                "--parts" when value.Split(',') is var parts && parts.All(All.Contains) => options with { Parts = parts.ToHashSet() },
                _ => null,
            };
            if (read is null)
            {
                Console.Error.WriteLine(
                    $"wanted: [--rounds N] [--executions N, at least {Program.SmallExecutions}] [--parts {string.Join(',', All)}]; observed: {arguments[index]} {value}".TrimEnd());
                return null;
            }

            options = read;
        }

        return options;
    }
}
