using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Probes;

namespace TemporalConformance.Cli;

/// <summary>What the upgrade will change, object by object, for the plan.</summary>
internal static class PlannedChanges
{
    /// <summary>The lines, and whether they tell what was asked for.</summary>
    /// <param name="settings">The files of the upgrade, and the way to what is installed.</param>
    /// <param name="asks">Whether a cluster may be asked and <c>helm</c> run; without, only files count.</param>
    /// <param name="token">Ends it.</param>
    public static async Task<(bool Told, IReadOnlyList<string> Lines)> LinesAsync(Settings settings, bool asks, CancellationToken token)
    {
        const string Title = "what the upgrade changes";
        var helm = settings.Helm;
        if (!helm.IsNamed)
        {
            return asks ? (false, [Title, "  not known: neither helm.values nor helm.manifests nor helm.chartPath names the upgrade"]) : (true, []);
        }

        var way = asks ? KubernetesWay.Of(settings, looks: false) : null;
        if (!asks && (helm.Installed.Count == 0 || (helm.Manifests.Count == 0 && helm.ChartPath is not null)))
        {
            return (true, [Title, "  ./run.sh plan --changes lists it object by object: it reads what is installed, and has helm render the chart where that is at hand", ""]);
        }

        try
        {
            var live = way is null ? null : await new KubernetesProbe(way, new CallCounter()).ReadAsync(token);
            var plan = await HelmPlanReader.ReadAsync(helm, settings.Kubernetes.Namespace, live, token);
            if (plan.Installed is null)
            {
                return (!asks, [Title, "  not known: nothing shows what is installed; name a kubeconfig, or in helm.installed files with the output of helm get values and helm get manifest", ""]);
            }

            var changes = plan.Changes(ReleaseCatalog.Load(settings.CatalogExtra));
            var missing = plan.Render is null ? plan.WhyNoRender ?? "no render is at hand" : plan.Installed.Manifest.Count == 0 ? "the manifest of the installed release was not seen" : null;
            return (true,
            [
                Title, $"  installed {plan.Installed.Chart ?? "chart not known"} ({plan.Installed.Where}), the upgrade {plan.Chart ?? "chart not known"} ({plan.Where})",
                .. missing is null ? Array.Empty<string>() : [$"  only images and values are compared: {missing}"],
                .. changes.Count == 0 ? ["  nothing"] : changes.SelectMany(Lines),
                "",
            ]);
        }
        catch (UnreadableException broken)
        {
            return (!asks, [Title, $"  not known: {broken.Message}", ""]);
        }
        catch (ProbeException refusal)
        {
            return (!asks, [Title, $"  not known: {refusal.Message} {refusal.Remedy}", ""]);
        }
    }

    private static IEnumerable<string> Lines(ObjectChange change) => [$"  {change.What,-8} {change.Name}", .. change.Fields.Select(field => $"             {field}")];
}
