using System.Diagnostics;
using System.Text;
using TemporalConformance.Formats;

namespace TemporalConformance.Benchmarks;

/// <summary>Reads a large scrape, and lets the parsers of Prometheus read the same.</summary>
/// <param name="root">The root of the checkout.</param>
/// <param name="rounds">How often each is measured.</param>
/// <param name="token">Ends it.</param>
internal sealed class Exposition(string root, int rounds, CancellationToken token)
{
    private const int Series = 100_000;

    // The Python parser takes seconds for a body of this size.
    private const int MostPythonRounds = 3;

    /// <summary>Measures and prints.</summary>
    public async Task RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("temporal-conformance-benchmark-");
        try
        {
            foreach (var format in new[] { ExpositionFormat.Text, ExpositionFormat.OpenMetrics })
            {
                var file = Path.Combine(folder.FullName, $"{format}.txt");
                await File.WriteAllTextAsync(file, Grown(format), token);
                await MeasureAsync(format, await File.ReadAllBytesAsync(file, token), file, folder.FullName);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task MeasureAsync(ExpositionFormat format, byte[] body, string file, string folder)
    {
        var peer = format == ExpositionFormat.Text ? await GoAsync(folder) : await PythonAsync();
        var first = Read(body, format);
        var (ours, theirs) = (new List<Parse>(), new List<Parse>());
        for (var round = 0; round < Math.Min(rounds, format == ExpositionFormat.Text ? rounds : MostPythonRounds); round++)
        {
            if (peer is not null)
            {
                theirs.Add(Parsed(await OutputAsync(peer.Program, [.. peer.Arguments, file])));
            }

            ours.Add(Read(body, format));
        }

        var name = format == ExpositionFormat.Text ? "the text format" : "OpenMetrics";
        var times = new Times("this reader", [.. ours.Select(one => one.Seconds)]);
        var all = peer is null ? [times] : (IReadOnlyList<Times>)[new Times(peer.Name, [.. theirs.Select(one => one.Seconds)]), times];
        Report.Table($"A scrape of {first.Samples:#,0} series in {name}, {body.Length / 1e6:0.0} MB, in memory and warmed up", all);
        Console.WriteLine($"\nThe first one in a process took {first.Seconds:0.000} s.");
        if (peer is null)
        {
            Console.WriteLine(format == ExpositionFormat.Text
                ? "\nNo peer: there is no go, or no prometheus/common; in Debian, golang-go and golang-github-prometheus-common-dev."
                : "\nNo peer: python3 has no prometheus_client; in Debian, python3-prometheus-client.");
        }
        else
        {
            Report.Goal($"This reader takes at most a fifth of the time of {peer.Name}", times.Median / all[0].Median, 0.2, " of it");
        }

        Report.Goal("This reader allocates at most twice the size of the body", ours.Max(one => one.Allocated) / (double)body.Length, 2, " times");
        if (theirs is [{ Allocated: > 0 } allocated, ..])
        {
            Console.WriteLine($"\n{peer!.Name} allocates {allocated.Allocated / (double)body.Length:0.0} times the size of the body.");
        }
    }

    private static Parse Read(byte[] body, ExpositionFormat format)
    {
        GC.Collect();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var scrape = ExpositionReader.Read(body, format, "the benchmark's body");
        var seconds = watch.Elapsed.TotalSeconds;
        return new(seconds, GC.GetAllocatedBytesForCurrentThread() - before, scrape.Samples.Count());
    }

    private async Task<Peer?> GoAsync(string folder)
    {
        var program = Path.Combine(folder, "exposition-peer");
        try
        {
            await OutputAsync(
                "go", ["build", "-o", program, Path.Combine(root, "benchmarks", "exposition", "main.go")],
                new() { ["GO111MODULE"] = "off", ["GOPATH"] = "/usr/share/gocode", ["GOCACHE"] = Path.Combine(folder, "go-cache") });
            return new("prometheus/common", program, []);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return null;
        }
    }

    private async Task<Peer?> PythonAsync()
    {
        // Another Python may stand before Debian's on PATH.
        const string python = "/usr/bin/python3";
        try
        {
            await OutputAsync(python, ["-c", "import prometheus_client.openmetrics.parser"]);
            return new("the Python client", python, [Path.Combine(root, "benchmarks", "exposition", "openmetrics.py")]);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return null;
        }
    }

    private async Task<string> OutputAsync(string program, IReadOnlyList<string> arguments, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(token);
        var output = await process.StandardOutput.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}");
    }

    // "seconds allocated families" of the one, "seconds families" of the other.
    private static Parse Parsed(string output)
    {
        var words = output.Split(' ', StringSplitOptions.TrimEntries);
        return new(double.Parse(words[0]), words.Length == 3 ? long.Parse(words[1]) : 0, 0);
    }

    /// <summary>
    /// The recorded scrape, every series repeated under other labels until there are enough; in OpenMetrics with the endings it asks for.
    /// </summary>
    private string Grown(ExpositionFormat format)
    {
        var seed = Path.Combine(root, "tests", "SelfTests", "Formats", "Data", "metrics-tally-1.29.1.prom.gz");
        var scrape = ExpositionReader.Read(File.ReadAllBytes(seed), ExpositionFormat.Text, seed);
        var copies = 1 + (Series / scrape.Samples.Count());
        var text = new StringBuilder();
        foreach (var family in scrape.Families)
        {
            var total = format == ExpositionFormat.OpenMetrics && family.Type == MetricType.Counter;
            var name = total && family.Name.EndsWith("_total", StringComparison.Ordinal) ? family.Name[..^"_total".Length] : family.Name;
            text.Append($"# HELP {name} {family.Help}\n# TYPE {name} {family.Type.ToString().ToLowerInvariant()}\n");
            for (var copy = 0; copy < copies; copy++)
            {
                foreach (var sample in family.Samples)
                {
                    text.Append(total ? name + "_total" : sample.Name).Append(LabelSet.Of(sample.Labels.Prepend(new("copy", $"{copy}")))).Append($" {sample.Value:R}\n");
                }
            }
        }

        return text.Append(format == ExpositionFormat.OpenMetrics ? "# EOF\n" : "").ToString();
    }

    private sealed record Peer(string Name, string Program, IReadOnlyList<string> Arguments);

    private sealed record Parse(double Seconds, long Allocated, int Samples);
}
