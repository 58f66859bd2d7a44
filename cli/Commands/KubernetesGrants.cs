using TemporalConformance.Facts;
using TemporalConformance.Probes;

namespace TemporalConformance.Cli;

/// <summary>Prints the rights in Kubernetes that reading wants, as objects for <c>kubectl apply</c>.</summary>
internal static class KubernetesGrants
{
    /// <summary>The service account's name where none is given.</summary>
    public const string DefaultAccount = "temporal-conformance";

    /// <summary>
    /// A service account, a Role for reading, a Role of its own for Secrets, and a ClusterRole for nodes, each with its binding; a Role for monitors in each other namespace of <c>metrics.monitors</c>. Nothing in them but
    /// <see cref="KubeRights.Needed"/>, which is <c>get</c>, <c>list</c> and <c>watch</c>; with <c>kubernetes.reach=port-forward</c> a Role of its own for
    /// <see cref="KubeRights.Forwarding"/>.
    /// </summary>
    /// <param name="settings">The settings name the namespace.</param>
    /// <param name="account">The service account; null = <see cref="DefaultAccount"/>.</param>
    public static string Text(Settings settings, string? account)
    {
        var name = account ?? DefaultAccount;
        var ns = settings.Kubernetes.Namespace;
        var lines = new List<string>
        {
            "# What TemporalConformance reads of Kubernetes: get, list and watch, nothing else. For: ./run.sh grants --kubernetes --namespace NAME | kubectl apply -f -",
            "# For somebody else than a service account, change the subjects.",
            "apiVersion: v1", "kind: ServiceAccount", "metadata:", $"  name: {name}", $"  namespace: {ns}",
        };
        Role("Role", name, KubeRights.Needed.Where(right => !right.ClusterWide && right.Resource != "secrets"), null);
        foreach (var other in settings.Metrics.Monitors.Where(other => other != ns))
        {
            Role("Role", $"{name}-monitors", KubeRights.OfMonitors, $"metrics.monitors: ServiceMonitors and PodMonitors of the namespace {other}.", other);
        }

        Role("Role", $"{name}-secrets", KubeRights.Needed.Where(right => right.Resource == "secrets"),
            "Secrets have a Role of their own, since Helm keeps values in them that may hold passwords. Leave it out, and what reads them is unanswered.");
        // Names of ClusterRoles are one for the whole cluster.
        Role("ClusterRole", $"{name}-{ns}", KubeRights.Needed.Where(right => right.ClusterWide), "Nodes belong to no namespace. Leave it out, and what is asked about room on them is unanswered.");
        if (settings.Kubernetes.Forwards)
        {
            Role("Role", $"{name}-reach", KubeRights.Forwarding,
                "kubernetes.reach=port-forward: whoever may forward ports reaches every port of every pod in the namespace. In the cluster, or where addresses lead in, leave it out.");
        }

        return string.Join('\n', lines) + "\n";

        void Role(string kind, string role, IEnumerable<KubeRight> rights, string? comment, string? of = null)
        {
            IReadOnlyList<string> place = kind == "Role" ? [$"  namespace: {of ?? ns}"] : [];
            lines.Add("---");
            if (comment is not null)
            {
                lines.Add($"# {comment}");
            }

            lines.AddRange(["apiVersion: rbac.authorization.k8s.io/v1", $"kind: {kind}", "metadata:", $"  name: {role}", .. place, "rules:"]);
            foreach (var rule in rights.GroupBy(right => (right.Group, right.Resource)))
            {
                lines.AddRange(rule.Select(right => $"  # {right.Verb}: {right.Purpose}"));
                lines.Add($"  - apiGroups: [\"{rule.Key.Group}\"]");
                lines.Add($"    resources: [\"{rule.Key.Resource}\"]");
                lines.Add($"    verbs: [{string.Join(", ", rule.Select(right => $"\"{right.Verb}\""))}]");
            }

            lines.AddRange(
            [
                "---", "apiVersion: rbac.authorization.k8s.io/v1", $"kind: {kind}Binding", "metadata:", $"  name: {role}", .. place,
                "roleRef:", "  apiGroup: rbac.authorization.k8s.io", $"  kind: {kind}", $"  name: {role}",
                "subjects:", "  - kind: ServiceAccount", $"    name: {name}", $"    namespace: {ns}",
            ]);
        }
    }
}
