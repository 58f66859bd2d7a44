namespace TemporalConformance.Benchmarks;

/// <summary>The times of one command.</summary>
/// <param name="Name">The command.</param>
/// <param name="Seconds">One a round.</param>
internal sealed record Times(string Name, IReadOnlyList<double> Seconds)
{
    /// <summary>Half of the rounds took less.</summary>
    public double Median => Quantile(0.5);

    /// <summary>A quantile by linear interpolation.</summary>
    public double Quantile(double share)
    {
        var sorted = Seconds.Order().ToList();
        var position = share * (sorted.Count - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((position - below) * (sorted[above] - sorted[below]));
    }
}

/// <summary>
/// Measures commands in turn, A B C A B C: what else the machine does meets all of them alike, and only their ratio is to be relied on.
/// </summary>
internal static class Alternation
{
    /// <summary>Runs every command once unmeasured, to fill the caches, and then in turn.</summary>
    /// <param name="commands">The commands.</param>
    /// <param name="rounds">How often each is measured.</param>
    /// <param name="token">Ends it.</param>
    public static async Task<IReadOnlyList<Times>> RunAsync(IReadOnlyList<Command> commands, int rounds, CancellationToken token)
    {
        var seconds = commands.Select(_ => new List<double>()).ToList();
        for (var round = -1; round < rounds; round++)
        {
            for (var index = 0; index < commands.Count; index++)
            {
                var folder = Directory.CreateTempSubdirectory("temporal-conformance-benchmark-");
                try
                {
                    var time = await commands[index].RunAsync(folder.FullName, token);
                    if (round >= 0)
                    {
                        seconds[index].Add(time.TotalSeconds);
                    }
                }
                finally
                {
                    folder.Delete(recursive: true);
                }
            }

            await Console.Error.WriteAsync(round < 0 ? "" : ".");
        }

        await Console.Error.WriteLineAsync();
        return [.. commands.Select((command, index) => new Times(command.Name, seconds[index]))];
    }
}
