using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>The commands that ask phases.</summary>
internal static class RunCommands
{
    /// <summary>One phase on the systems of the settings, or on the phase's own demonstration.</summary>
    public static async Task<int> PhaseAsync(UpgradePhase phase, CommonValues options, CancellationToken token)
    {
        var run = await CommandRun.DiscoverAsync(options, token);
        return await WithResults(run, $"{phase}", run.Settings.IsDemonstration ? DemonstrationSentence : SystemsSentence(run), (sequence, _) =>
            sequence.RunAsync([new Step.Ask(phase, null)], token));
    }

    /// <summary>PreUpgrade, the command, PostUpgrade, Smoke on the systems of the settings.</summary>
    public static async Task<int> AroundAsync(IReadOnlyList<string> command, CommonValues options, CancellationToken token)
    {
        var run = await CommandRun.DiscoverAsync(options, token);
        AroundScope.Ensure(run.Settings);
        return await WithResults(run, "Around an upgrade", SystemsSentence(run), (sequence, terminal) => sequence.RunAsync(
            [
                new Step.Ask(UpgradePhase.PreUpgrade, null),
                new Step.Change($"running {command[0]}", stop => AroundProcess.RunAsync(command, run.Settings, terminal.Output, stop)),
                new Step.Ask(UpgradePhase.PostUpgrade, null),
                run.Settings.Temporal.Address.Count > 0
                    ? new Step.Ask(UpgradePhase.Smoke, null)
                    : new Step.Omit(UpgradePhase.Smoke, new NotProven("Smoke: real work on the upgraded cluster", "no frontend is connected", "temporal.address, then ./run.sh smoke")),
            ],
            token));
    }

    /// <summary>The same steps on databases of our own: recorded ones, migrated by what stands for the real tool, or by the user's commands.</summary>
    public static Task<int> RehearseAsync(CommonValues options, CancellationToken token)
    {
        var run = CommandRun.Read(options);
        if (!run.Settings.IsDemonstration)
        {
            throw new UsageException(new Problem(
                "A rehearsal works on disposable databases, but the settings name systems of yours.",
                Observed: string.Join(", ", run.Settings.External.Select(key => $"{key} ({run.Settings.Origin(key)})")),
                Do: "Ask those with ./run.sh pre, or ./run.sh around -- COMMAND; for the rehearsal run without these settings, for example in an empty folder."));
        }

        return WithResults(run, "Rehearsal of an upgrade", DemonstrationSentence, (sequence, terminal) => RehearsedAsync(run, sequence, terminal, token));
    }

    private static string SystemsSentence(CommandRun run) => run.Found.Settings.Count == 0 ? "the systems of the settings" : "the systems of the settings, and what was found in Kubernetes";

    private static string DemonstrationSentence => $"the demonstration: databases recorded from a real {Demonstration.From} cluster, on a PostgreSQL of our own";

    private static async Task<Verdict> RehearsedAsync(CommandRun run, Sequence sequence, Terminal terminal, CancellationToken token)
    {
        terminal.Step("starting PostgreSQL and restoring the recorded databases");
        await using var ground = await Demonstration.OpenAsync(run.Settings, token);
        terminal.StepDone($"{ground.Postgres.Description}, with the databases of a real {Demonstration.From} cluster{(ground.Cluster is null ? "" : ", for which a stand-in answers")}");
        using var backup = await BackedUpAsync(run, ground, terminal, token);
        var systems = HandedGround.Of(ground.Ground) with { Backup = backup?.Folder };
        await using var server = await StartServer(run, terminal, token);
        return await sequence.RunAsync(
            [
                new Step.Ask(UpgradePhase.PreUpgrade, systems),
                new Step.Change("migrating both stores", stop => MigratedAsync(run, ground, terminal, stop)),
                new Step.Ask(UpgradePhase.PostUpgrade, systems),
                SmokeOn(server, ground),
            ],
            token);
    }

    private static async Task<ScratchBackup?> BackedUpAsync(CommandRun run, DemonstrationGround ground, Terminal terminal, CancellationToken token)
    {
        if (!Demonstration.HasBackup(run.Settings))
        {
            return null;
        }

        terminal.Step("backing both databases up");
        var backup = new ScratchBackup();
        try
        {
            await BackupParts.OfDemonstrationAsync(ground.Ground, run.Settings, backup.Folder, token);
            terminal.StepDone("backed up as ./run.sh backup does: two dumps of one moment, roles, configuration, running workflows");
            return backup;
        }
        catch
        {
            backup.Dispose();
            throw;
        }
    }

    /// <summary>A backup of databases that go away, and goes away with them.</summary>
    private sealed class ScratchBackup : IDisposable
    {
        private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("temporal-conformance-backup-");

        public string Folder => Path.Combine(_parent.FullName, "backup");

        public void Dispose() => _parent.Delete(recursive: true);
    }

    // Real work is worth more on a real server; the stand-in's is what remains without one.
    private static Step SmokeOn(DevServer? server, DemonstrationGround ground) => (server, ground.Cluster) switch
    {
        ({ } real, _) => new Step.Ask(UpgradePhase.Smoke, new HandedGround("dev-server", $"a dev server of our own ({real.Binary.Version}), not an upgraded cluster", null, null, [real.Address])),
        (null, { } cluster) => new Step.Ask(UpgradePhase.Smoke, new HandedGround("stand-in", "the stand-in of the upgraded cluster; with the temporal CLI it would be a real dev server", null, null, cluster.Frontends)),
        _ => new Step.Omit(UpgradePhase.Smoke, new NotProven("Smoke: real work on a cluster", "temporal.provider is none", "./run.sh smoke, on a cluster")),
    };

    private static async Task<string> MigratedAsync(CommandRun run, DemonstrationGround ground, Terminal terminal, CancellationToken token)
    {
        var to = run.Catalog.Find(run.Settings.Target)!;
        var report = MigrationCommands.AreGiven(run.Settings)
            ? await MigrationCommands.RunAsync(run.Settings, ground.Ground, new Lines(terminal.Output), token)
            : await EmbeddedMigration.RunAsync(ground.Ground.Main!, ground.Ground.Visibility!, run.Catalog, to, token);
        foreach (var done in report.Stores.SelectMany(store => store.Done))
        {
            terminal.Output(done);
        }

        if (report.Failure is { } failure)
        {
            throw new ChangeFailedException(failure);
        }

        await ground.ReplaceServersAsync(to);
        return ground.Cluster is null ? report.Means : $"{report.Means} The stand-in's servers are {to.Version} now.";
    }

    // Progress<T> posts to the thread pool, where lines would overtake one another.
    private sealed class Lines(Action<string> print) : IProgress<string>
    {
        public void Report(string value) => print(value);
    }

    private static async Task<DevServer?> StartServer(CommandRun run, Terminal terminal, CancellationToken token)
    {
        if (await SmokeGround.BinaryAsync(run.Settings, token) is not { } binary)
        {
            return null;
        }

        terminal.Step("starting a Temporal dev server");
        var server = await DevServer.StartAsync(binary, [run.Settings.Temporal.CanaryNamespace], token);
        terminal.StepDone($"{server.Binary.Version} answers at {server.Address}");
        return server;
    }

    // The frame of every run: the first act says UNDECIDED, the last one says what was found.
    private static async Task<int> WithResults(CommandRun run, string title, string ground, Func<Sequence, Terminal, Task<Verdict>> ask)
    {
        ResultsFolder.Begin(run.Results, Verdict.Unfinished(run.Identity));
        using var terminal = new Terminal(Screen.Output());
        terminal.Begin(new RunHeader(title, ground, run.Settings.Target.ToString(), run.Settings.Running is { } running ? $"{running} (stated, not seen)" : null, run.Options.Results));
        if (run.Options.Sets.Keys.Any(key => SettingsTable.Find(key)?.IsSecret == true))
        {
            terminal.Note("A password on the command line can be seen by everybody on this machine; the environment or the settings file keeps it from them.");
        }

        foreach (var sentence in run.Found.Told(run.Settings))
        {
            terminal.Note($"{sentence}.");
        }

        var verdict = await ask(new Sequence(run, terminal, Installation.Find()), terminal);
        if (SecretScan.Purge(run.Results, run.Settings.Scrubber) is { Count: > 0 } leaking)
        {
            ResultsFolder.Begin(run.Results, Verdict.Unfinished(run.Identity));
            Listings.Problems(
                Screen.Error(),
                "A secret of the settings stood in the results, so they were deleted",
                [new Problem("The results are not fit to be shown.", Observed: string.Join(", ", leaking), Where: run.Options.Results, Do: "Please report this: no answer may carry a secret.")],
                ExitCodes.Internal);
            return ExitCodes.Internal;
        }

        ResultsFolder.Finish(run.Results, verdict);
        terminal.Verdict(verdict, run.Options.Results);
        return verdict.ExitCode;
    }
}
