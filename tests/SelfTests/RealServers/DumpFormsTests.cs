using System.Diagnostics;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>What this machine's pg_dump writes of a real database, in every form it has.</summary>
public sealed class DumpFormsTests(PostgresServer server)
{
    [Fact]
    public async Task Every_form_of_pg_dump_is_read_and_tells_the_same()
    {
        var connection = await server.CopyAsync("temporal_after");
        using var folder = new ScratchFolder();
        (string Name, string[] Arguments, ArchiveForm Form)[] forms =
        [
            ("custom.dump", ["-Fc"], ArchiveForm.Custom),
            ("stored.dump", ["-Fc", "-Z0"], ArchiveForm.Custom),
            ("directory", ["-Fd", "-j2"], ArchiveForm.Directory),
            ("stored", ["-Fd", "-Z0"], ArchiveForm.Directory),
            ("tar.tar", ["-Ft"], ArchiveForm.Tar),
            ("plain.sql", ["-Fp", "--verbose"], ArchiveForm.Plain),
            ("created.sql", ["-Fp", "--create"], ArchiveForm.Plain),
            ("packed.sql.gz", ["-Fp", "-Z3"], ArchiveForm.Plain),
        ];
        BackupReading? first = null;
        foreach (var (name, arguments, form) in forms)
        {
            var file = Path.Combine(folder.Path, name);
            await DumpAsync(connection, [.. arguments, "-f", file]);

            var reading = BackupProbe.Read(DumpFile.Find(file).Single(), contentsOnly: false, null, TestContext.Current.CancellationToken);

            first ??= reading;
            reading.Archive.Break.ShouldBeNull(name);
            reading.Archive.Form.ShouldBe(form, name);
            reading.Archive.Remarks.Where(remark => !remark.Contains("\\restrict", StringComparison.Ordinal)).ShouldBeEmpty(name);
            reading.Archive.Tables.Select(table => (table.Table, table.Rows)).ShouldBe(first.Archive.Tables.Select(table => (table.Table, table.Rows)), ignoreOrder: true, name);
            reading.Clusters.ShouldBe(first.Clusters, name);
            reading.Namespaces.ShouldBe(first.Namespaces, ignoreOrder: true, name);
            reading.Schema.ShouldBe(first.Schema, name);
            (reading.Archive.Header!.Created is null).ShouldBe(form == ArchiveForm.Plain && name != "plain.sql", name);
        }

        first!.Archive.Tables.Sum(table => table.Rows).ShouldBe(15367);
        first.Schema!.DbName.ShouldBe(connection.Database);
    }

    /// <summary>A pipe cannot be gone back in, so the offsets stay open.</summary>
    [Fact]
    public async Task A_dump_out_of_a_pipe_is_read_as_it_comes()
    {
        using var process = Start(await server.CopyAsync("temporal_visibility_after"), ["-Fc"]);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        var reading = BackupProbe.Read(process.StandardOutput.BaseStream, BackupProbe.StandardInput, null, TestContext.Current.CancellationToken);

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await errors);
        reading.Archive.ReadToTheEnd.ShouldBeTrue();
        reading.Archive.Entries.ShouldAllBe(entry => entry.DataOffset == null);
        reading.RowsOf("executions_visibility").ShouldBe(1088);
    }

    private static async Task DumpAsync(ConnectionText connection, string[] arguments)
    {
        using var process = Start(connection, arguments);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await errors);
    }

    private static Process Start(ConnectionText connection, string[] arguments) => Process.Start(new ProcessStartInfo(
        Path.Combine(Installations.Local().Folder, "pg_dump"),
        ["-h", connection.Host, "-p", $"{connection.Port}", "-U", connection.Username!, .. arguments, connection.Database!])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["PGPASSWORD"] = connection.Password!.Reveal() },
    })!;
}
