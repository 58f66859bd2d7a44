using TemporalConformance.Checks;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

public sealed partial class ValuesTests
{
    [Check("values/no-unknown-static-keys", Severity.Advisory, Needs = Systems.Helm,
        Remedy = "Correct the key or remove it: a server reads its configuration without complaint and ignores what it does not know.")]
    public Task Server_knows_every_key_of_its_static_configuration() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        var release = upgrade.To.Version;
        var keys = StaticConfigKeys.For(release) ?? throw new Unanswered($"The keys of the static configuration of {release.Line} are not known.")
        {
            Wanted = $"a release of {string.Join(", ", StaticConfigKeys.Read.Select(read => read.Line))}, whose sources were read",
            Observed = release.ToString(),
            Remedy = "Compare the keys with common/config/config.go at the release's tag by hand, or use a version of this suite that knows them.",
        };
        // Values say where the user wrote the key; the render shows it once more, and what the chart makes of other values.
        IReadOnlyList<Finding> given = plan.Values is null ? [] : ConfigurationJudgement.NoUnknownStaticKeys(plan.ValuesOfChart, keys, release);
        var known = given.Select(one => Last(one.Path)).ToHashSet(StringComparer.Ordinal);
        upgrade.Judge([.. given, .. plan.Configurations.SelectMany(one => ConfigurationJudgement.NoUnknownStaticKeys(one, keys, release)).Where(one => !known.Contains(Last(one.Path)))],
            $"Server {release} does not know keys of its configuration.", $"keys of the static configuration of {release}", slightAlone: true);
    });

    [Check("values/schema-step-gated", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Migrate both stores with the target's admin-tools before helm upgrade, and state that in migration.first.")]
    public Task Schema_is_migrated_before_a_server_of_the_target_starts() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        var pending = await upgrade.MigrationPending(token);
        upgrade.Judge(plan.Render is { } render ? RenderJudgement.SchemaStepGated(render, pending) : SchemaGate.Gated(plan.ValuesOfChart, pending),
            "Servers of the target would start before the schema is theirs.", "a step that migrates both stores and ends before the first new server starts, or databases that are migrated already",
            besides: "Where a step of its own migrates before helm upgrade, state that in migration.first.");
    });

    [Check("values/supported-driver", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Write postgres12 or postgres12_pgx.")]
    public Task Servers_have_the_driver_of_every_SQL_store() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        upgrade.Judge([.. Stores(plan).SelectMany(stores => ConfigurationJudgement.SupportedDriver(stores))], "A server would not start with the drivers of its stores.", "postgres12, postgres12_pgx, mysql8 or sqlite");
    });

    [Check("values/authorizer-has-internal-frontend", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Switch the internal frontend on; the server's own worker then needs no claims.")]
    public Task Authorizer_leaves_the_servers_own_worker_a_frontend() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        var findings = plan.Configurations is { Count: > 0 } rendered ? rendered.SelectMany(ConfigurationJudgement.AuthorizerHasInternalFrontend)
            : ConfigurationJudgement.AuthorizerHasInternalFrontend(plan.ValuesOfChart);
        upgrade.Judge([.. findings], "The server's own worker would be refused.", "an internal frontend beside every authorizer, and then no publicClient");
    });

    [Check("values/drift", Severity.Advisory, Needs = Systems.Helm,
        Remedy = "Take over what was changed by hand, or accept that the upgrade undoes it.")]
    public Task Values_say_what_the_installed_release_says_and_the_cluster_holds_it() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        var installed = UpgradeUnderTest.InstalledOf(plan);
        List<Finding> findings = [.. installed.ConfigurationDrift()];
        var sameFormat = installed.Chart is not { } before || plan.Chart is not { } chart || ChartLayout.For(before)?.Persistence == ChartLayout.For(chart)?.Persistence;
        if (plan.Values is { } given && installed.Values is { } released && !plan.ReusesValues && sameFormat)
        {
            findings.AddRange(Drift.Values(given, released));
        }
        else if (installed.Live.Count == 0 || installed.Manifest.Count == 0)
        {
            throw installed.Refused is [var (why, remedy), ..]
                ? new Unanswered($"Too little of the release was seen to compare anything: {why}") { Where = installed.Where, Remedy = remedy }
                : new NotApplicable("There are no two to compare: neither the values of both the upgrade and the release in one format, nor the release's manifest and the live ConfigMaps.");
        }

        upgrade.Judge(findings, "What the files say is not what is installed.", "no difference that the upgrade does not mean to make", slightAlone: true);
    });

    private static IEnumerable<IEnumerable<ConfiguredStore>> Stores(HelmPlan plan) =>
        plan.Configurations is { Count: > 0 } rendered ? rendered.Select(one => one.Stores) : [plan.ValuesOfChart.Stores];

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];
}
