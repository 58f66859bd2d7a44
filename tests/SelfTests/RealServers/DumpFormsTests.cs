using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Formats;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

/// <summary>What this machine's pg_dump writes of a real database, in every form it has.</summary>
public sealed class DumpFormsTests(PostgresServer server, RecordedServers servers)
{
    [Theory]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task Every_form_of_pg_dump_is_read_and_tells_the_same(int client)
    {
        var dump = Path.Combine(client == 15 ? Installations.Local().Folder : Installations.Clients(client), "pg_dump");
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
            .. client < 16 ? [] : new (string, string[], ArchiveForm)[]
            {
                ("gzip9.dump", ["-Fc", "-Zgzip:9"], ArchiveForm.Custom),
                ("lz4.dump", ["-Fc", "-Zlz4:9"], ArchiveForm.Custom),
                ("zstd.dump", ["-Fc", "-Zzstd:5"], ArchiveForm.Custom),
                ("long.dump", ["-Fc", "-Zzstd:level=3,long"], ArchiveForm.Custom),
                ("lz4", ["-Fd", "-Zlz4", "-j2"], ArchiveForm.Directory),
                ("zstd", ["-Fd", "-Zzstd", "-j2"], ArchiveForm.Directory),
                ("packed.sql.lz4", ["-Fp", "-Zlz4"], ArchiveForm.Plain),
                ("packed.sql.zst", ["-Fp", "-Zzstd"], ArchiveForm.Plain),
            },
            .. client < 18 ? [] : new (string, string[], ArchiveForm)[] { ("statistics.dump", ["-Fc", "--statistics"], ArchiveForm.Custom) },
        ];
        BackupReading? first = null;
        foreach (var (name, arguments, form) in forms)
        {
            var file = Path.Combine(folder.Path, name);
            await ClientPrograms.RunAsync(dump, connection, [.. arguments, "-f", file]);

            var reading = BackupProbe.Read(DumpFile.Find(file).Single(), contentsOnly: false, null, TestContext.Current.CancellationToken);

            first ??= reading;
            reading.Archive.Break.ShouldBeNull(name);
            reading.Archive.Form.ShouldBe(form, name);
            reading.Archive.Remarks.Where(remark => !remark.Contains("\\restrict", StringComparison.Ordinal)).ShouldBeEmpty(name);
            reading.Archive.Tables.Select(table => (table.Table, table.Rows)).ShouldBe(first.Archive.Tables.Select(table => (table.Table, table.Rows)), ignoreOrder: true, name);
            reading.Clusters.ShouldBe(first.Clusters, name);
            reading.Namespaces.ShouldBe(first.Namespaces, ignoreOrder: true, name);
            reading.Schema.ShouldBe(first.Schema, name);
            reading.Archive.Header!.DumpVersion.ShouldNotBeNull(name).ShouldStartWith($"{(client == 15 ? Installations.Local().Major : client)}.", customMessage: name);
            (reading.Archive.Header!.Created is null).ShouldBe(form == ArchiveForm.Plain && name != "plain.sql", name);
        }

        first!.Archive.Tables.Sum(table => table.Rows).ShouldBe(15367);
        first.Schema!.DbName.ShouldBe(connection.Database);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(18)]
    public async Task What_a_newer_server_holds_is_read_of_the_dumps_of_its_own_pg_dump(int major)
    {
        var dump = Path.Combine(Installations.Clients(major), "pg_dump");
        var connection = await servers.CopyAsync(await servers.MajorAsync(major), "temporal_after");
        using var folder = new ScratchFolder();
        foreach (var (name, format) in new[] { ("custom.dump", "-Fc"), ("directory", "-Fd"), ("tar.tar", "-Ft"), ("plain.sql", "-Fp") })
        {
            var file = Path.Combine(folder.Path, name);
            await ClientPrograms.RunAsync(dump, connection, format, "-f", file);

            var reading = BackupProbe.Read(DumpFile.Find(file).Single(), contentsOnly: false, null, TestContext.Current.CancellationToken);

            reading.Archive.Break.ShouldBeNull(name);
            reading.Archive.Tables.Sum(table => table.Rows).ShouldBe(15367, name);
            reading.Archive.Header!.ServerVersion.ShouldNotBeNull(name).ShouldStartWith($"{major}.", customMessage: name);
            reading.Schema!.CurrVersion.ShouldBe("1.18", name);
        }
    }

    /// <summary>A pipe cannot be gone back in, so the offsets stay open.</summary>
    [Fact]
    public async Task A_dump_out_of_a_pipe_is_read_as_it_comes()
    {
        using var process = ClientPrograms.Start(Path.Combine(Installations.Local().Folder, "pg_dump"), await server.CopyAsync("temporal_visibility_after"), "-Fc");
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        var reading = BackupProbe.Read(process.StandardOutput.BaseStream, BackupProbe.StandardInput, null, TestContext.Current.CancellationToken);

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await errors);
        reading.Archive.ReadToTheEnd.ShouldBeTrue();
        reading.Archive.Entries.ShouldAllBe(entry => entry.DataOffset == null);
        reading.RowsOf("executions_visibility").ShouldBe(1088);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(18)]
    public async Task An_archive_of_a_newer_pg_dump_is_refused_by_an_older_pg_restore_and_restored_by_its_own(int client)
    {
        var (clients, local) = (Installations.Clients(client), Installations.Local());
        Assert.SkipUnless(local.Major < 17, "The pg_restore of this machine reads what they write.");
        using var folder = new ScratchFolder();
        await ClientPrograms.RunAsync(Path.Combine(clients, "pg_dump"), await server.CopyAsync("temporal_after"), "-Fc", "-f", Path.Combine(folder.Path, "temporal.dump"));
        await ClientPrograms.RunAsync(Path.Combine(clients, "pg_dump"), await server.CopyAsync("temporal_visibility_after"), "-Fc", "-f", Path.Combine(folder.Path, "temporal_visibility.dump"));
        var set = await BackupSamples.ReadAsync(folder.Path);

        var (exit, said) = await ClientPrograms.TryAsync(local.Restore, null, "--list", Path.Combine(folder.Path, "temporal.dump"));
        exit.ShouldNotBe(0);
        said.ShouldContain("unsupported version (1.16)");
        var verdict = BackupVerdict.Of(set, BackupSamples.Terms(set) with { RestoreMajor = local.Major }, null);
        verdict.NotMet()["backup/tool-compatible"].Observed!.ShouldContain($"version 1.16, which pg_restore {local.Major} refuses; PostgreSQL 17 and later read it");

        // The newer programs restore it into the server of this machine, whose tables have its rows.
        await using var scratch = await LocalPostgres.StartAsync(local with { Restore = Path.Combine(clients, "pg_restore") }, TestContext.Current.CancellationToken);
        await scratch.CreateAsync("restored", TestContext.Current.CancellationToken);
        await ClientPrograms.TryAsync(Path.Combine(clients, "pg_restore"), scratch.Connection("restored"), "--no-owner", "--dbname=restored", Path.Combine(folder.Path, "temporal.dump"));
        var reading = await PostgresServer.ReadAsync(scratch.Connection("restored"));
        reading.Clusters.ShouldBeOfType<Reading<IReadOnlyList<ClusterRow>>.Known>().Value.ShouldBe(set.Main!.Clusters);
    }
}
