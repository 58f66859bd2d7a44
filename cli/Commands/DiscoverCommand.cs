using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.Cli;

/// <summary>Finds an installation in Kubernetes, prints the settings for it, and says what answers from here and what was not found.</summary>
internal static class DiscoverCommand
{
    /// <summary>Runs it: 0 when all that a run needs was found, 2 when something could not be found or read.</summary>
    /// <param name="options">The settings say where to look.</param>
    /// <param name="output">The file for the settings, which must not be there yet; null = standard output, and the report goes to the error output.</param>
    /// <param name="token">Ends it.</param>
    public static async Task<int> RunAsync(CommonValues options, string? output, CancellationToken token)
    {
        var settings = RunSettings.Read(options.Config, options.Sets);
        Guard.Hide(settings.Scrubber);
        if (output is not null && File.Exists(output))
        {
            throw new UsageException(new Problem("The file for the settings is there already.", "a file that does not exist yet", output, "--output", "Give another name, and compare the two."));
        }

        var access = KubernetesWay.Of(settings, looks: true) ?? throw new UsageException(NoWay(settings));
        KubernetesReading reading;
        try
        {
            reading = await new KubernetesProbe(access, new CallCounter()).ReadAsync(token);
        }
        catch (ProbeException refusal)
        {
            Listings.Problems(Screen.Error(), "Kubernetes could not be read", [new Problem(settings.Scrubber.Scrub(refusal.Message), Where: refusal.Where, Do: refusal.Remedy)], ExitCodes.Stopped);
            return ExitCodes.Stopped;
        }

        var found = InstallationFinder.Find(reading);
        var answers = await Reachability.AskAsync(found, settings, access, reading, token);
        var report = settings.Scrubber.Scrub(Report(found, answers));
        if (output is null)
        {
            Console.Out.Write(FoundSettings.File(found));
            await Console.Error.WriteAsync(report);
        }
        else
        {
            await File.WriteAllTextAsync(output, FoundSettings.File(found), token);
            Console.Out.Write($"{report}\nwritten  {Path.GetFullPath(output)}\n");
        }

        return found.Missing.Count == 0 ? 0 : ExitCodes.Stopped;
    }

    /// <summary>What was found, what answers, what was not found.</summary>
    public static string Report(FoundInstallation found, IReadOnlyList<FoundAnswer> answers)
    {
        List<string> lines = [$"{found.Where}{(found.Context is null ? "" : $" (context {found.Context})")}", "", "found"];
        Row("release", found.Release is { } release
            ? $"{release.Name}, {release.Chart ?? "chart unknown"}{(release.Revision is { } revision ? $", revision {revision} {release.Status}" : "")}"
            : "none of Helm");
        Row("roles", [.. found.Roles.Select(role => $"{role.Name}  {role.Workload.Id}, {role.Workload.Ready} of {role.Workload.Replicas} ready, {role.Container.Image}")]);
        Row("runs", found.Running.Count == 0 ? "could not be told by the images' tags" : string.Join(" and ", found.Running));
        Row("frontends", [.. found.Frontends.Select(one => one.Address)]);
        Row("metrics", [.. found.Metrics.Select(one => one.Address)]);
        foreach (var store in new[] { found.Main, found.Visibility }.OfType<FoundStore>())
        {
            Row($"{store.Store.Name()} store", store.Display + (store.MaxConns is { } most ? $", at most {most} connections a pod" : ""));
            Row("", store.Password is { } password ? $"password in Secret/{password.Name} {password.Key}" : "no Secret with its password was found");
        }

        if (found.Configuration is { } configuration)
        {
            Row("configuration", $"{configuration.Where}: {configuration.Content.Shards?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"} shards, cluster {configuration.Content.ClusterName ?? "?"}");
        }

        Row("dynamic", found.DynamicConfiguration is { } dynamic ? $"{dynamic.Where}: {dynamic.Content.Entries.Count} keys{(dynamic.Content.Errors.Count == 0 ? "" : $", {dynamic.Content.Errors.Count} of which the server would not take")}" : "none");
        Row("schema Jobs", [.. found.SchemaJobs.Select(job => $"{job.Name} ({job.From switch { "live" => "is there", "hook" => "a hook of the chart, made anew by every upgrade", _ => "in the release's manifest, gone by now" }})")]);
        lines.Add("");
        lines.Add("from here");
        foreach (var answer in answers)
        {
            lines.Add(answer.Said switch
            {
                Reading<string>.Known(var said) => $"  answers          {answer.What}  {answer.Address}: {said}",
                Reading<string>.Refused(var why, _) => $"  does not answer  {answer.What}  {answer.Address}: {why}",
                _ => throw new InvalidOperationException("A reading is known or refused."),
            });
        }

        if (answers.Count == 0)
        {
            lines.Add("  no address was found that could be asked");
        }
        else if (answers.Any(answer => answer.Said is Reading<string>.Refused))
        {
            lines.Add("  Names such as x.y.svc resolve within the cluster alone: run it there (deploy/job.yaml, docs/kubernetes.md), reach them by kubernetes.reach=port-forward, or set addresses that lead here.");
        }

        lines.Add("");
        lines.Add("not found");
        lines.AddRange(found.Missing.SelectMany(gap => new[] { $"  {gap.What}: {gap.Why}", $"    do  {gap.Do}" }));
        lines.Add("  helm.chart and helm.values: only you know the chart and the values of the upgrade.");
        if (found.MissingRights.Count > 0)
        {
            lines.Add("");
            lines.Add("rights that we lack (./run.sh grants --kubernetes prints a Role with all of them)");
            lines.AddRange(found.MissingRights.Select(right => $"  {right}: {right.Purpose}"));
        }

        return string.Join('\n', lines) + "\n";

        void Row(string name, params IReadOnlyList<string> values)
        {
            foreach (var (value, at) in (values.Count == 0 ? ["none"] : values).Select((value, at) => (value, at)))
            {
                lines.Add($"  {(at == 0 ? name : ""),-17} {value}");
            }
        }
    }

    private static Problem NoWay(Settings settings) => settings.Kubernetes.Provider is "none" or "stand-in"
        ? new Problem("discover reads a cluster of yours.", "kubernetes.provider auto, kubeconfig or in-cluster", settings.Kubernetes.Provider, settings.Origin("kubernetes.provider"), "Remove the setting.")
        : new Problem(
            "There is no way to a Kubernetes cluster.", "a kubeconfig, or a pod with a service account", "neither KUBECONFIG nor ~/.kube/config, and this is no pod",
            Do: "Name the file that kubectl uses: --kubeconfig FILE --namespace NAME.");
}
