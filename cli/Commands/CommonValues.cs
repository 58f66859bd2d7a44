using System.CommandLine;

namespace TemporalConformance.Cli;

/// <summary>The values of the flags that all commands share.</summary>
/// <param name="Config">The settings file that was named.</param>
/// <param name="Sets">Settings of the command line, short forms included.</param>
/// <param name="Results">The results folder as it was named.</param>
/// <param name="Waivers">The waivers file that was named.</param>
/// <param name="NewBaseline">Whether a baseline may be replaced.</param>
internal sealed record CommonValues(string? Config, IReadOnlyDictionary<string, string> Sets, string Results, string? Waivers, bool NewBaseline);

/// <summary>The flags that all commands share.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string?> _config = new("--config") { Description = "settings file; default conformance.json in the working directory, if there", HelpName = "FILE" };
    private readonly Option<string[]> _sets = new("--set") { Description = "one setting, stronger than file and environment; can be repeated", HelpName = "key=value" };
    private readonly Option<string> _results = new("--results") { Description = "folder of the results", HelpName = "DIR", DefaultValueFactory = _ => "results" };
    private readonly Option<string?> _waivers = new("--waivers") { Description = "waivers; default waivers.json in the working directory, if there", HelpName = "FILE" };
    private readonly Option<bool> _newBaseline = new("--new-baseline") { Description = "pre may replace a baseline that is there already" };

    /// <summary>Flags that are short forms of settings.</summary>
    private readonly (string Key, Option<string?> Option)[] _short =
    [
        ("scope.only", new("--only") { Description = "ask only these subjects or ids; the verdict is then partial", HelpName = "subject,…" }),
        ("scope.skip", new("--skip") { Description = "leave these subjects or ids out; the verdict is then partial", HelpName = "subject,…" }),
        ("target", new("--target") { Description = "release to upgrade to", HelpName = "VERSION" }),
        ("running", new("--running") { Description = "release that runs, where it cannot be seen", HelpName = "VERSION" }),
        ("kubernetes.kubeconfig", new("--kubeconfig") { Description = "kubeconfig of the cluster that Temporal runs in", HelpName = "FILE" }),
        ("kubernetes.context", new("--context") { Description = "context of the kubeconfig; default its current one", HelpName = "NAME" }),
        ("kubernetes.namespace", new("--namespace") { Description = "Kubernetes namespace that Temporal runs in", HelpName = "NAME" }),
        ("helm.values", new("--values") { Description = "values files of the upgrade, in the order of -f", HelpName = "FILE,…" }),
        ("helm.chart", new("--chart") { Description = "version of the chart that the upgrade installs", HelpName = "VERSION" }),
        ("helm.manifests", new("--manifests") { Description = "what helm template makes of them", HelpName = "FILE,…" }),
        ("policy", new("--policy") { Description = "guide or sequential", HelpName = "POLICY" }),
    ];

    /// <summary>Adds the flags to a command and to those below it.</summary>
    public void AddTo(Command command)
    {
        Option[] options = [_config, _sets, _results, _waivers, _newBaseline, .. _short.Select(pair => pair.Option)];
        foreach (var option in options)
        {
            option.Recursive = true;
            command.Options.Add(option);
        }

        _sets.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=') < 1))
            {
                result.AddError($"--set wants key=value; observed '{token.Value.Split('=')[0]}'.");
            }
        });
    }

    /// <summary>The values of a command line that was parsed without errors.</summary>
    public CommonValues Of(ParseResult parsed)
    {
        var sets = new Dictionary<string, string>();
        foreach (var pair in parsed.GetValue(_sets) ?? [])
        {
            var sign = pair.IndexOf('=');
            sets[pair[..sign]] = pair[(sign + 1)..];
        }

        foreach (var (key, option) in _short)
        {
            if (parsed.GetValue(option) is { } value)
            {
                sets[key] = value;
            }
        }

        return new CommonValues(
            parsed.GetValue(_config), sets, parsed.GetValue(_results)!, parsed.GetValue(_waivers), parsed.GetValue(_newBaseline));
    }
}
