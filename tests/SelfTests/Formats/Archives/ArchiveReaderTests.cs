using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>What pg_dump writes, read as pg_restore reads it.</summary>
public sealed partial class ArchiveReaderTests
{
    private static readonly ArchiveCompression[] s_all = Enum.GetValues<ArchiveCompression>();

    public static TheoryData<string, Store, int, long> RecordedDumps => new()
    {
        // Rows as pg_restore writes them; the cluster ran, and what was counted in it moments later differs a little.
        { "1.27.3", Store.Main, 36, 6536 },
        { "1.27.3", Store.Visibility, 3, 398 },
        { "1.29.1", Store.Main, 39, 15367 },
        { "1.29.1", Store.Visibility, 3, 1100 },
    };

    [Theory]
    [MemberData(nameof(RecordedDumps))]
    public void Recorded_dumps_are_read_to_their_last_byte(string release, Store store, int tables, long rows)
    {
        var file = Recordings.Dump(release, store);
        var reading = Read(file);

        reading.Break.ShouldBeNull();
        reading.ReadToTheEnd.ShouldBeTrue();
        reading.BytesRead.ShouldBe(new FileInfo(file).Length);
        reading.Header!.Database.ShouldBe(Recordings.Database(store));
        reading.Header.Version.ShouldBe(new ArchiveVersion(1, 14));
        reading.Header.Compression.ShouldBe(ArchiveCompression.Gzip);
        reading.Tables.Count.ShouldBe(tables);
        reading.Tables.Sum(table => table.Rows).ShouldBe(rows);
    }

    [Fact]
    public void Every_real_dump_has_the_rows_that_were_counted_in_its_database()
    {
        var dumps = Directory.GetFiles(SharedData.Path("real/temporal"), "*.dump", SearchOption.AllDirectories);
        dumps.Length.ShouldBeGreaterThan(10);
        foreach (var dump in dumps)
        {
            using var counted = JsonDocument.Parse(File.ReadAllText(Path.ChangeExtension(dump, ".rows.json")));
            var rows = Read(dump).Tables.ToDictionary(table => table.Table, table => table.Rows!.Value);
            foreach (var table in counted.RootElement.EnumerateArray())
            {
                // The cluster ran while its rows were counted, a moment before or after the dump.
                var name = table.GetProperty("table").GetString()!;
                Math.Abs(rows[name] - table.GetProperty("rows").GetInt64()).ShouldBeLessThanOrEqualTo(200, $"{dump}: {name}");
            }

            rows.Count.ShouldBe(counted.RootElement.GetArrayLength(), dump);
        }
    }

    [Fact]
    public void Every_real_schema_is_read()
    {
        foreach (var dump in Directory.GetFiles(SharedData.Path("real/schemas"), "*.dump"))
        {
            var reading = Read(dump);
            reading.Break.ShouldBeNull(dump);
            reading.Entries.Count(entry => entry.Kind == "TABLE").ShouldBe(reading.Tables.Count, dump);
        }
    }

    [Fact]
    public void The_table_of_contents_is_that_of_pg_restore()
    {
        foreach (var store in Enum.GetValues<Store>())
        {
            var file = Recordings.Dump("1.29.1", store);
            var listed = Restore("-l", file).Split('\n').Select(line => ListLine().Match(line)).Where(match => match.Success).Select(match => match.Value.TrimEnd()).ToList();
            // What it lists are the entries but three that set the session up.
            var read = Read(file).Entries.Where(entry => entry.Kind is not ("ENCODING" or "STDSTRINGS" or "SEARCHPATH" or "DATABASE"))
                .Select(entry => $"{entry.Id}; {entry.CatalogOid} {entry.Oid} {entry.Kind} {(string.IsNullOrEmpty(entry.Schema) ? "-" : entry.Schema)} {entry.Name} {entry.Owner}".TrimEnd());

            read.ShouldBe(listed, ignoreOrder: true);
        }
    }

    [Fact]
    public void Every_version_compression_and_form_reads_alike()
    {
        var copy = DumpCopy.Of(Recordings.Dump("1.27.3", Store.Visibility));
        var expected = Read(Recordings.Dump("1.27.3", Store.Visibility));
        List<(string Name, ArchiveReading Reading)> readings = [("tar", Read(copy.Tar())), ("pipe", Read(copy.Custom(offsets: false)))];
        foreach (var minor in Enumerable.Range(12, 5))
        {
            foreach (var compression in s_all.Where(compression => minor >= 15 || compression is ArchiveCompression.None or ArchiveCompression.Gzip))
            {
                readings.Add(($"custom 1.{minor} {compression}", Read(copy.Custom(compression, minor))));
                readings.Add(($"directory 1.{minor} {compression}", ArchiveReader.Read(new MemoryFolder(copy.Files(compression, minor)), ArchiveQuestion.Count, TestContext.Current.CancellationToken)));
            }
        }

        foreach (var around in s_all)
        {
            readings.Add(($"custom in {around}", Read(DumpCopy.Packed(copy.Custom(), around, zlib: false))));
        }

        foreach (var (name, reading) in readings)
        {
            reading.Break.ShouldBeNull(name);
            reading.Tables.ShouldBe(expected.Tables, name);
            reading.Entries.Select(entry => (entry.Kind, entry.Name)).ShouldBe(expected.Entries.Select(entry => (entry.Kind, entry.Name)), name);
            reading.Remarks.ShouldBeEmpty(name);
        }
    }

    [Fact]
    public void Pg_restore_reads_what_the_copies_of_these_tests_are()
    {
        var copy = DumpCopy.Of(Recordings.Dump("1.27.3", Store.Visibility));
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "copy");
        var expected = Sql(Recordings.Dump("1.27.3", Store.Visibility));
        foreach (var bytes in new[] { copy.Custom(), copy.Custom(ArchiveCompression.None, 12), copy.Custom(minor: 13, offsets: false), copy.Tar() })
        {
            File.WriteAllBytes(file, bytes);
            (Sql(file) == expected).ShouldBeTrue("pg_restore makes other SQL of it");
        }

        DumpCopy.Write(copy.Files(), Path.Combine(folder.Path, "directory"));
        (Sql(Path.Combine(folder.Path, "directory")) == expected).ShouldBeTrue("pg_restore makes other SQL of the directory");
    }

    [Fact]
    public void A_plain_dump_reads_like_the_archive_it_was_made_of()
    {
        foreach (var store in Enum.GetValues<Store>())
        {
            var file = Recordings.Dump("1.29.1", store);
            var sql = Restore("-f", "-", file);
            var plain = Encoding.UTF8.GetBytes(sql);
            var lines = sql.Split('\n').ToList();
            foreach (var table in Read(file).Tables)
            {
                var first = lines.FindIndex(line => line.StartsWith($"COPY public.{table.Table} (", StringComparison.Ordinal)) + 1;
                table.Rows.ShouldBe(lines.IndexOf("\\.", first) - first, table.Table);
            }

            foreach (var compression in s_all)
            {
                var reading = Read(DumpCopy.Packed(plain, compression, zlib: false));

                reading.Break.ShouldBeNull();
                reading.Form.ShouldBe(ArchiveForm.Plain);
                reading.Around.ShouldBe(compression);
                reading.Header!.ServerVersion.ShouldStartWith("15.");
                reading.Tables.Select(table => (table.Table, table.Rows)).ShouldBe(Read(file).Tables.Select(table => (table.Table, table.Rows)), ignoreOrder: true);
                reading.Entries.Count(entry => entry.Kind == "TABLE").ShouldBe(reading.Tables.Count);
            }
        }
    }

    [Fact]
    public void Rows_and_distinct_values_that_were_asked_for_are_handed_over()
    {
        List<CopyRow> rows = [];
        var question = new ArchiveQuestion
        {
            RowsOf = new HashSet<string> { "schema_update_history" },
            OnRow = rows.Add,
            DistinctOf = new Dictionary<string, string> { ["executions_visibility"] = "status" },
        };
        using var stream = File.OpenRead(Recordings.Dump("1.29.1", Store.Visibility));
        var reading = ArchiveReader.Read(stream, question, TestContext.Current.CancellationToken);

        rows.Count.ShouldBe(11);
        rows[0]["new_version"].ShouldBe("0.0");
        rows[^1]["new_version"].ShouldBe("1.9");
        rows.Select(row => row["description"]).ShouldAllBe(text => text != null);
        reading.Distinct["executions_visibility"].ShouldBe(["1", "2", "3", "4", "5", "6", "7"], ignoreOrder: true);
    }

    [Fact]
    public void Escapes_quotes_and_NULL_come_out_as_PostgreSQL_means_them()
    {
        var copy = DumpCopy.Of(Recordings.Dump("1.27.3", Store.Visibility));
        var at = copy.Entries.IndexOf(copy.DataOf("schema_version"));
        copy.Entries[at] = copy.Entries[at] with { CopyStatement = "COPY \"odd.schema\".\"a \"\"b\"\" (c)\" (one, \"two, three\") FROM stdin;\n" };
        copy.With("schema_version", _ => "tab\\tnewline\\nback\\\\slash\t\\N\n\\\\.\t\\\\N\n\\.\n\n\n");
        List<CopyRow> rows = [];
        ArchiveReader.Read(new MemoryStream(copy.Custom()), new ArchiveQuestion { RowsOf = new HashSet<string> { "a \"b\" (c)" }, OnRow = rows.Add }, TestContext.Current.CancellationToken).Break.ShouldBeNull();

        rows.Select(row => (row["one"], row["two, three"])).ShouldBe([("tab\tnewline\nback\\slash", null), ("\\.", "\\N")]);
    }

    [Fact]
    public void Contents_alone_are_read_without_the_data()
    {
        using var stream = File.OpenRead(Recordings.Dump("1.29.1", Store.Main));
        var reading = ArchiveReader.Read(stream, new ArchiveQuestion { ContentsOnly = true }, TestContext.Current.CancellationToken);

        reading.Entries.Count.ShouldBe(132);
        reading.Tables.ShouldBeEmpty();
        reading.ReadToTheEnd.ShouldBeFalse("nothing was read that could break");
    }

    [Fact]
    public void Data_as_INSERT_statements_are_named_and_not_counted_and_restrict_is_remarked_on()
    {
        const string Dump = """
            --
            -- PostgreSQL database dump
            --

            \restrict abc

            -- Data for Name: shards; Type: TABLE DATA; Schema: public; Owner: temporal
            INSERT INTO public.shards VALUES (1, 2);
            INSERT INTO public.shards VALUES (2, 2);
            -- PostgreSQL database dump complete
            --

            """;
        var reading = Read(Encoding.UTF8.GetBytes(Dump));

        reading.Break.ShouldBeNull();
        reading.Tables.ShouldHaveSingleItem().ShouldBe(new TableData("public", "shards", null, 0));
        reading.Remarks.ShouldHaveSingleItem().ShouldContain("15.14");
    }

    [Fact]
    public void A_large_dump_takes_no_more_memory_than_a_small_one()
    {
        // 256 MiB of rows that do not compress to nothing, made on the way.
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = ArchiveReader.Read(new GrowingPlainDump(256L << 20), ArchiveQuestion.Count, TestContext.Current.CancellationToken);

        reading.Break.ShouldBeNull();
        reading.DataBytes.ShouldBeGreaterThan(256L << 20);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(16L << 20);
    }

    internal static ArchiveReading Read(string file)
    {
        using var stream = File.OpenRead(file);
        return ArchiveReader.Read(stream, ArchiveQuestion.Count, TestContext.Current.CancellationToken);
    }

    internal static ArchiveReading Read(byte[] bytes) => ArchiveReader.Read(new MemoryStream(bytes), ArchiveQuestion.Count, TestContext.Current.CancellationToken);

    /// <summary>What this machine's pg_restore prints; skips the test without one.</summary>
    internal static string Restore(params string[] arguments)
    {
        var program = Installations.Local().Restore;
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, errors.GetAwaiter().GetResult());
        return output;
    }

    /// <summary>
    /// The SQL of an archive, but for what is no part of it: a word of chance that newer minor releases write, and the access method, which
    /// archives before 1.14 do not know.
    /// </summary>
    private static string Sql(string file) => string.Join('\n', Restore("-f", "-", file).Split('\n').Where(line => line.Length > 0
        && !line.StartsWith("\\restrict", StringComparison.Ordinal) && !line.StartsWith("\\unrestrict", StringComparison.Ordinal) && !line.StartsWith("SET default_table_access_method", StringComparison.Ordinal)));

    [GeneratedRegex(@"^\d+; .*$")]
    private static partial Regex ListLine();

    private sealed class GrowingPlainDump(long bytes) : Stream
    {
        private static readonly byte[] s_head = "--\n-- PostgreSQL database dump\n--\n\nCOPY public.t (a) FROM stdin;\n"u8.ToArray();
        private static readonly byte[] s_tail = "\\.\n\n-- PostgreSQL database dump complete\n"u8.ToArray();
        private static readonly byte[] s_row = [.. Encoding.ASCII.GetBytes(new string('x', 999)), (byte)'\n'];
        private readonly long _rows = (bytes / s_row.Length) + 1;
        private long _at;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var rowsEnd = s_head.Length + (_rows * s_row.Length);
            var (source, from) = _at < s_head.Length ? (s_head, _at)
                : _at < rowsEnd ? (s_row, (_at - s_head.Length) % s_row.Length)
                : (s_tail, _at - rowsEnd);
            var read = (int)Math.Min(count, source.Length - from);
            source.AsSpan((int)from, read).CopyTo(buffer.AsSpan(offset));
            _at += read;
            return read;
        }

        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
