using System.CommandLine;
using TemporalConformance.Checks;

namespace TemporalConformance.Cli;

/// <summary>All commands and their flags.</summary>
internal static class CommandTree
{
    private const string About = """
        Asks before, around and after an upgrade of a self-hosted Temporal cluster whether it may go on, and answers GO, NO-GO or UNDECIDED.

        Without a command: rehearse. Exit codes: 0 GO, 1 NO-GO, 2 UNDECIDED, 64 usage or settings, 70 internal.
        """;

    /// <summary>Builds the tree.</summary>
    public static RootCommand Build()
    {
        var common = new CommonOptions();
        var root = new RootCommand(About);
        common.AddTo(root);
        root.SetAction((parsed, token) => Guard.RunAsync(() => RunCommands.RehearseAsync(common.Of(parsed), token)));

        Add("rehearse", "the whole upgrade on disposable databases: PreUpgrade, migration, PostUpgrade, Smoke", RunCommands.RehearseAsync);
        Add("pre", "PreUpgrade: may the upgrade begin? Writes the baseline", (values, token) => RunCommands.PhaseAsync(UpgradePhase.PreUpgrade, values, token));
        Add("post", "PostUpgrade: did the upgrade arrive, and is it the same cluster?", (values, token) => RunCommands.PhaseAsync(UpgradePhase.PostUpgrade, values, token));
        Add("smoke", "Smoke: real work in the canary namespace; the only phase that writes", (values, token) => RunCommands.PhaseAsync(UpgradePhase.Smoke, values, token));

        var command = new Argument<string[]>("command") { Description = "the migration, after --", Arity = ArgumentArity.OneOrMore };
        var around = new Command("around", "PreUpgrade, then the command after -- if that is GO, then PostUpgrade and Smoke: around -- helm upgrade …") { command };
        around.SetAction((parsed, token) => Guard.RunAsync(() => RunCommands.AroundAsync(parsed.GetValue(command)!, common.Of(parsed), token)));
        root.Subcommands.Add(around);

        var cluster = new Option<string?>("--cluster") { Description = "id of the cluster that the evidence has to be about", HelpName = "ID" };
        var gate = new Command("gate", "judge the files of a results folder again, without asking anything") { cluster };
        gate.SetAction((parsed, _) => Guard.RunAsync(() => Task.FromResult(GateCommand.Run(common.Of(parsed), parsed.GetValue(cluster)))));
        root.Subcommands.Add(gate);

        var backup = new Argument<string>("backup") { Description = "folder with the dumps of both databases, one dump, s3://bucket/prefix, or - for standard input" };
        var ofCluster = new Option<string?>("--cluster") { Description = "id of the cluster that the backup has to be of", HelpName = "ID" };
        var asJson = new Option<bool>("--json") { Description = "JSON on the standard output" };
        var restore = new Option<bool>("--restore") { Description = "restore it too, into a PostgreSQL of our own, and compare rows and shape" };
        var verify = new Command("verify-backup", "prove a backup by its files alone, without the cluster: fresh, complete, readable to the last byte") { backup, ofCluster, restore, asJson };
        verify.SetAction((parsed, token) => Guard.RunAsync(
            () => VerifyBackupCommand.RunAsync(parsed.GetValue(backup)!, parsed.GetValue(ofCluster), parsed.GetValue(restore), parsed.GetValue(asJson), common.Of(parsed), token)));
        var made = new Argument<string?>("folder") { Description = "folder to make it in, new, empty, or of a backup that did not come to its end; default one below backups/", Arity = ArgumentArity.ZeroOrOne };
        var make = new Command("backup", "back both databases up from snapshots of one moment, with roles, configuration and what is running; 0 = made, 2 = not") { made, asJson };
        make.SetAction((parsed, token) => Guard.RunAsync(() => BackupCommand.RunAsync(parsed.GetValue(made), parsed.GetValue(asJson), common.Of(parsed), token)));
        root.Subcommands.Add(make);
        root.Subcommands.Add(verify);

        Add("list", "every check: id, severity, phases, sentence", (_, _) => Task.FromResult(ListCommand.List()));
        var id = new Argument<string>("id") { Description = "the check, for example schema/main-version" };
        var explain = new Command("explain", "everything about one check") { id };
        explain.SetAction((parsed, _) => Guard.RunAsync(() => Task.FromResult(ListCommand.Explain(parsed.GetValue(id)!))));
        root.Subcommands.Add(explain);
        Add("doctor", "what was found on this machine, and what each missing part would add", DoctorCommand.RunAsync);

        var output = new Option<string?>("--output") { Description = "file for the settings, which must not be there yet; default standard output", HelpName = "FILE" };
        var discover = new Command("discover", "finds the installation in Kubernetes and prints the settings for it; 0 = all was found, 2 = something was not") { output };
        discover.SetAction((parsed, token) => Guard.RunAsync(() => DiscoverCommand.RunAsync(common.Of(parsed), parsed.GetValue(output), token)));
        root.Subcommands.Add(discover);

        var role = new Option<string?>("--role") { Description = "name of the role or service account; default that of the connection, else temporal_conformance", HelpName = "NAME" };
        var schema = new Option<string>("--schema") { Description = "schema of Temporal's tables", HelpName = "NAME", DefaultValueFactory = _ => "public" };
        var kubernetes = new Option<bool>("--kubernetes") { Description = "the Roles for Kubernetes instead, for kubectl apply -f -" };
        var grants = new Command("grants", "the SQL for a role that reads everything the checks ask of PostgreSQL and can write nothing; the same for Kubernetes") { role, schema, kubernetes };
        grants.SetAction((parsed, _) => Guard.RunAsync(() => Task.FromResult(GrantsCommand.Run(common.Of(parsed), parsed.GetValue(role), parsed.GetValue(schema)!, parsed.GetValue(kubernetes)))));
        root.Subcommands.Add(grants);
        var sql = new Option<bool>("--sql") { Description = "every statement as it is sent" };
        var changes = new Option<bool>("--changes") { Description = "also asks what is installed, and lists object by object what the upgrade will change" };
        var plan = new Command("plan", "what a run would read and write, and where; nothing is asked, but with --changes") { sql, changes };
        plan.SetAction((parsed, token) => Guard.RunAsync(() => PlanCommand.RunAsync(common.Of(parsed), parsed.GetValue(sql), parsed.GetValue(changes), token)));
        root.Subcommands.Add(plan);

        var catalog = new Command("catalog", "the facts that checks are judged by");
        var check = new Command("check", "look for contradictions in the whole catalog, catalog.extra included");
        check.SetAction((parsed, _) => Guard.RunAsync(() => Task.FromResult(CatalogCommand.Check(common.Of(parsed)))));
        var dumps = new Argument<string>("dumps") { Description = "folder with files named <temporal|visibility>-<version>-<form>.dump" };
        var folder = new Option<string>("--output") { Description = "folder for the shapes", HelpName = "DIR", DefaultValueFactory = _ => "fixtures/Facts/Catalog/Data/shapes" };
        var shapes = new Command("shapes", "read the shapes of the catalog from dumps of real databases") { dumps, folder };
        shapes.SetAction((parsed, token) => Guard.RunAsync(() => CatalogCommand.ShapesAsync(parsed.GetValue(dumps)!, parsed.GetValue(folder)!, common.Of(parsed), token)));
        catalog.Subcommands.Add(check);
        catalog.Subcommands.Add(shapes);
        root.Subcommands.Add(catalog);

        Add("generate", "write again what follows from the code: checks.json, docs/checks.md, the README's table, conformance.json and its schema", (_, _) => Task.FromResult(GenerateCommand.Run()));
        return root;

        void Add(string name, string description, Func<CommonValues, CancellationToken, Task<int>> run)
        {
            var command = new Command(name, description);
            command.SetAction((parsed, token) => Guard.RunAsync(() => run(common.Of(parsed), token)));
            root.Subcommands.Add(command);
        }
    }
}
