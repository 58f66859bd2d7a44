using System.Diagnostics;
using Npgsql;
using TemporalConformance.Benchmarks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;

if (Options.Read(args) is not { } options)
{
    return 64;
}

using var end = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    end.Cancel();
};
await new Benchmark(options, end.Token).RunAsync();
return 0;

namespace TemporalConformance.Benchmarks
{
    /// <summary>Constants of the command line.</summary>
    internal static class Program
    {
        /// <summary>The size that the large databases are compared with; about that of the recorded ones.</summary>
        public const long SmallExecutions = 1000;

        /// <summary>A target above the release of the dev server, so that there is an upgrade to be asked about.</summary>
        public const string LiveTarget = "1.30.0";
    }

    /// <summary>All measurements, in order.</summary>
    internal sealed class Benchmark(Options options, CancellationToken token)
    {
        private static readonly TimeSpan s_oneWay = TimeSpan.FromMilliseconds(10);

        /// <summary>Makes the server and the databases, measures, prints.</summary>
        public async Task RunAsync()
        {
            var binaries = PostgresSearch.Find(Settings.Defaults) ?? throw new InvalidOperationException(
                $"The benchmark needs PostgreSQL's programs on this machine. Type: {PostgresSearch.InstallCommand}");
            await using var postgres = await LocalPostgres.StartAsync(binaries, token);
            var recorded = await Databases.RecordedAsync(postgres, token);
            var port = postgres.Connection(recorded.Main).Port;
            var subjects = new Subjects(Environment.CurrentDirectory, postgres, binaries.Folder);
            Report.Machine(Programs(binaries), options);
            if (options.Parts.Contains("floor"))
            {
                var times = await MeasureAsync(
                    $"On the recorded databases ({recorded.Executions} executions)",
                    [subjects.Empty(), subjects.PreUpgrade("PreUpgrade", recorded, port), subjects.Guide("the guide's commands, each once", recorded, port)]);
                Report.Goal("PreUpgrade takes at most 3 times as long as the empty project", times[1].Median / times[0].Median, 3, " times");
            }

            if (options.Parts.Contains("delay"))
            {
                await DelayAsync(postgres, subjects, recorded, port);
            }

            if (options.Parts.Contains("live"))
            {
                await LiveAsync(subjects);
            }

            if (options.Parts.Contains("kubernetes"))
            {
                await KubernetesAsync(subjects);
            }

            if (options.Parts.Contains("exposition"))
            {
                await new Exposition(Environment.CurrentDirectory, options.Rounds, token).RunAsync();
            }

            if (options.Parts.Contains("dashboards"))
            {
                Dashboards.Run(Environment.CurrentDirectory, options.Rounds);
            }

            if (options.Parts.Contains("size"))
            {
                await SizeAsync(postgres, subjects, port);
            }

            if (options.Parts.Contains("archive") || options.Parts.Contains("backup"))
            {
                await new Archives(postgres, binaries, subjects, options, token).RunAsync(options.Parts.Contains("archive"), options.Parts.Contains("backup"));
            }

            if (options.Parts.Contains("run"))
            {
                var times = await MeasureAsync("The main command on a built checkout", [subjects.Run()], Math.Min(options.Rounds, 5));
                Report.Goal("./run.sh on a built checkout takes at most 30 s on this machine", times[0].Median, 30, " s");
            }

            if (options.Parts.Contains("clone"))
            {
                var time = await CloneAsync();
                Report.Goal("./run.sh in a fresh clone takes at most 90 s on this machine, packages cached", time.TotalSeconds, 90, " s");
            }

            Console.WriteLine($"\nLoad of the machine at the end: {Report.Load()}.");
        }

        private async Task DelayAsync(ScratchPostgres postgres, Subjects subjects, Databases recorded, int port)
        {
            await using var proxy = new DelayingProxy(port, s_oneWay);
            var trip = await RoundTripAsync(postgres, recorded.Main, proxy.Port);
            var times = await MeasureAsync(
                $"With {2 * s_oneWay.TotalMilliseconds:0} ms on every round trip to the database (one question through the proxy: {trip.TotalMilliseconds:0.0} ms)",
                [
                    subjects.Guide("the guide's commands, each once", recorded, proxy.Port),
                    subjects.Guide("the guide's commands, as often as it gives them", recorded, proxy.Port, repeated: true),
                    subjects.PreUpgrade("PreUpgrade", recorded, proxy.Port),
                    subjects.Empty(),
                ]);
            Report.Goal("PreUpgrade takes no longer than the guide's commands, each once", times[2].Median / times[0].Median, 1, " times");
        }

        private async Task LiveAsync(Subjects subjects)
        {
            var cli = DevServer.Find(Settings.Defaults) ?? throw new InvalidOperationException(
                "The part live needs the temporal CLI: name it in TEMPORAL_CLI, or put it on PATH.");
            await using var server = await DevServer.StartAsync(cli, [Settings.Defaults.Temporal.CanaryNamespace], token);
            var port = int.Parse(server.Address.Split(':')[1]);
            await using var proxy = new DelayingProxy(port, s_oneWay);
            foreach (var (title, at) in new[] { ("On a dev server", port), ($"On a dev server with {2 * s_oneWay.TotalMilliseconds:0} ms on every round trip", proxy.Port) })
            {
                var times = await MeasureAsync($"{title} ({cli.Version})", [subjects.GuideCli(cli.Path, at), subjects.Live(Program.LiveTarget, at), subjects.Empty()]);
                Report.Ratio("PreUpgrade and Smoke against the guide's commands", times[1].Median / times[0].Median);
            }
        }

        private async Task KubernetesAsync(Subjects subjects)
        {
            await using var cluster = await Kubernetes.StartAsync();
            await using var proxy = new DelayingProxy(cluster.Port, s_oneWay);
            foreach (var (title, port) in new[] { ("On a stand-in for Kubernetes", cluster.Port), ($"On a stand-in for Kubernetes with {2 * s_oneWay.TotalMilliseconds:0} ms on every round trip", proxy.Port) })
            {
                var times = await MeasureAsync(title, [subjects.GuideKubectl(cluster, port), subjects.OnKubernetes(cluster, port), subjects.Empty()]);
                Report.Ratio("The checks of Kubernetes against the guide's commands", times[1].Median / times[0].Median);
            }
        }

        private async Task SizeAsync(ScratchPostgres postgres, Subjects subjects, int port)
        {
            await Console.Error.WriteLineAsync($"growing databases to {options.Executions:#,0} executions, which takes minutes …");
            var watch = Stopwatch.StartNew();
            var small = await Databases.GrownAsync(postgres, Program.SmallExecutions, token);
            var large = await Databases.GrownAsync(postgres, options.Executions, token);
            await Console.Error.WriteLineAsync($"databases grown in {watch.Elapsed.TotalSeconds:0} s");
            var times = await MeasureAsync(
                $"By size: {small.Executions:#,0} and {large.Executions:#,0} executions",
                [
                    subjects.PreUpgrade($"PreUpgrade at {small.Executions:#,0}", small, port),
                    subjects.PreUpgrade($"PreUpgrade at {large.Executions:#,0}", large, port),
                    subjects.Guide($"the guide's commands at {large.Executions:#,0}", large, port),
                ]);
            Report.Goal("PreUpgrade at the large size takes at most 1.5 times as long as at the small one", times[1].Median / times[0].Median, 1.5, " times");
        }

        private async Task<IReadOnlyList<Times>> MeasureAsync(string title, IReadOnlyList<Command> commands, int? rounds = null)
        {
            await Console.Error.WriteAsync($"{title} ");
            var times = await Alternation.RunAsync(commands, rounds ?? options.Rounds, token);
            Report.Table(title, times);
            return times;
        }

        /// <summary>What one question on an open connection takes through the proxy: the proof that the delay is what it says.</summary>
        private async Task<TimeSpan> RoundTripAsync(ScratchPostgres postgres, string database, int port)
        {
            var text = new NpgsqlConnectionStringBuilder(postgres.Connection(database).Npgsql) { Port = port, Pooling = false };
            await using var connection = new NpgsqlConnection(text.ConnectionString);
            await connection.OpenAsync(token);
            var seconds = new List<double>();
            for (var time = 0; time < 20; time++)
            {
                var watch = Stopwatch.StartNew();
                await using var command = new NpgsqlCommand("SELECT 1", connection);
                await command.ExecuteScalarAsync(token);
                seconds.Add(watch.Elapsed.TotalSeconds);
            }

            return TimeSpan.FromSeconds(new Times("SELECT 1", seconds).Median);
        }

        private async Task<TimeSpan> CloneAsync()
        {
            var folder = Directory.CreateTempSubdirectory("temporal-conformance-benchmark-");
            try
            {
                var clone = new Command(
                    "git clone", "git", at => ["clone", "--quiet", Environment.CurrentDirectory, Path.Combine(at, "clone")], new Dictionary<string, string>());
                await clone.RunAsync(folder.FullName, token);
                return await new Command("./run.sh", Path.Combine(folder.FullName, "clone", "run.sh"), _ => [], new Dictionary<string, string>())
                    .RunAsync(folder.FullName, token);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        private static string Programs(PostgresBinaries binaries) => $"PostgreSQL {binaries.Major} on 127.0.0.1, without TLS";
    }
}
