using System.Text;
using CsCheck;
using TemporalConformance.Facts;
using TemporalConformance.Formats;
using TemporalConformance.StandIns;

namespace TemporalConformance.SelfTests;

/// <summary>Dumps that something happened to: each is an answer with its own sentence and place, and never a crash or a pass.</summary>
public sealed class ArchiveDamageTests
{
    private static readonly byte[] s_real = File.ReadAllBytes(Recordings.Dump("1.27.3", Store.Visibility));
    private static readonly DumpCopy s_copy = DumpCopy.Of(Recordings.Dump("1.27.3", Store.Visibility));

    /// <summary>One dump in every form that is a single file, with how many of its last bytes say nothing.</summary>
    private static readonly Dictionary<string, (byte[] Bytes, int Idle)> s_forms = new()
    {
        ["custom, zlib"] = (s_real, 0),
        ["custom, not compressed"] = (s_copy.Custom(ArchiveCompression.None), 0),
        ["custom, lz4"] = (s_copy.Custom(ArchiveCompression.Lz4, 16), 0),
        ["custom, zstd"] = (s_copy.Custom(ArchiveCompression.Zstd, 16), 0),
        ["custom in gzip"] = (DumpCopy.Packed(s_real, ArchiveCompression.Gzip, zlib: false), 0),
        ["custom in lz4"] = (DumpCopy.Packed(s_real, ArchiveCompression.Lz4, zlib: false), 0),
        ["custom in zstd"] = (DumpCopy.Packed(s_real, ArchiveCompression.Zstd, zlib: false), 0),
        // Only the two empty blocks at its end are certain.
        ["tar"] = (s_copy.Tar(), 0),
    };

    public static TheoryData<string> Forms => [.. s_forms.Keys];

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_dump_cut_off_anywhere_says_so(string form)
    {
        var (bytes, idle) = s_forms[form];
        foreach (var cut in Cuts(bytes.Length - idle))
        {
            var broken = ArchiveReaderTests.Read(bytes[..cut]).Break;

            broken.ShouldNotBeNull($"{form} cut at {cut} of {bytes.Length}");
            broken.Position.ShouldBeLessThanOrEqualTo(cut);
            broken.Kind.ShouldBe(cut == 0 ? ArchiveBreakKind.Empty : cut < 5 && broken.Kind == ArchiveBreakKind.Foreign ? ArchiveBreakKind.Foreign : broken.Kind);
            broken.Kind.ShouldBeOneOf(ArchiveBreakKind.Truncated, ArchiveBreakKind.Empty, ArchiveBreakKind.Foreign, ArchiveBreakKind.Damaged);
            if (cut >= 600)
            {
                broken.Kind.ShouldBe(ArchiveBreakKind.Truncated, $"{form} cut at {cut} of {bytes.Length}: {broken}");
            }
        }
    }

    [Fact]
    public void A_plain_dump_cut_off_anywhere_before_its_last_line_says_so()
    {
        var plain = Encoding.UTF8.GetBytes(ArchiveReaderTests.Restore("-f", "-", Recordings.Dump("1.27.3", Store.Visibility)));
        var last = Encoding.UTF8.GetString(plain).IndexOf("-- PostgreSQL database dump complete", StringComparison.Ordinal);
        foreach (var cut in Cuts(last).Where(cut => cut > 64))
        {
            ArchiveReaderTests.Read(plain[..cut]).Break.ShouldNotBeNull($"cut at {cut}").Kind.ShouldBe(ArchiveBreakKind.Truncated);
        }
    }

    [Fact]
    public void A_directory_with_any_file_cut_missing_or_exchanged_says_which()
    {
        var files = s_copy.Files();
        foreach (var name in files.Keys)
        {
            var size = files[name].Length;
            foreach (var cut in new[] { 0, 1, size / 2, size - 9, size - 1 })
            {
                var broken = Read(new(files) { [name] = files[name][..cut] }).Break.ShouldNotBeNull($"{name} cut at {cut}");
                broken.File.ShouldBe(name);
                broken.ToString().ShouldContain(name);
            }

            var without = new Dictionary<string, byte[]>(files);
            without.Remove(name);
            Read(without).Break.ShouldNotBeNull(name).Sentence.ShouldContain(name.Replace(".gz", "", StringComparison.Ordinal));
        }

        Read(new(files) { ["notes.txt"] = [1] }).Remarks.ShouldHaveSingleItem().ShouldContain("notes.txt");
    }

    [Fact]
    public void Every_flipped_bit_of_compressed_data_is_found()
    {
        // Behind the table of contents: what a bit did to a text in there, nobody can tell.
        var toc = (int)ArchiveReaderTests.Read(s_real).Entries.Min(entry => entry.DataOffset ?? long.MaxValue);
        Gen.Select(Gen.Int[toc, s_real.Length - 1], Gen.Int[0, 7]).Sample((at, bit) =>
        {
            var reading = ArchiveReaderTests.Read(Flipped(s_real, at, bit));
            return reading.Break is { Kind: ArchiveBreakKind.Damaged or ArchiveBreakKind.Truncated };
        }, iter: 300, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void No_flipped_bit_makes_anything_but_an_answer(string form)
    {
        var (bytes, _) = s_forms[form];
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Int[0, 7], Gen.Int[0, Math.Min(4000, bytes.Length - 1)]).Sample((anywhere, bit, head) =>
        {
            ArchiveReaderTests.Read(Flipped(bytes, anywhere, bit));
            ArchiveReaderTests.Read(Flipped(bytes, head, bit));
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void A_dump_that_went_through_a_terminal_is_recognised_in_every_form()
    {
        var plain = "--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\nSELECT 2;\n-- PostgreSQL database dump complete\n"u8.ToArray();
        foreach (var bytes in new[] { s_real, plain, DumpCopy.Packed(s_real, ArchiveCompression.Gzip, zlib: false), DumpCopy.Packed(s_real, ArchiveCompression.Zstd, zlib: false), s_copy.Tar() })
        {
            var broken = ArchiveReaderTests.Read(ThroughTerminal(bytes)).Break.ShouldNotBeNull();
            broken.Kind.ShouldBe(ArchiveBreakKind.Terminal);
            broken.Position.ShouldBe(Array.IndexOf(bytes, (byte)'\n'));
            broken.Sentence.ShouldContain("kubectl exec -it");
        }
    }

    public static TheoryData<string, ArchiveBreakKind, string> Others => new()
    {
        { "", ArchiveBreakKind.Empty, "The file is empty." },
        { "-----BEGIN PGP MESSAGE-----\n", ArchiveBreakKind.Encrypted, "(GnuPG)" },
        { "\u0085\u0002\u000c\u0003abc", ArchiveBreakKind.Encrypted, "(GnuPG)" },
        { "\u008c\u000d\u0004\u0009\u0003abc", ArchiveBreakKind.Encrypted, "(GnuPG)" },
        { "age-encryption.org/v1\n-> X25519", ArchiveBreakKind.Encrypted, "(age)" },
        { "Salted__abcdefgh", ArchiveBreakKind.Encrypted, "(openssl enc)" },
        { "\u00fd7zXZ\0\0", ArchiveBreakKind.Foreign, "compressed with xz" },
        { "PK\u0003\u0004", ArchiveBreakKind.Foreign, "a zip archive" },
        { "\0\0\0\0\0\0\0\0", ArchiveBreakKind.Foreign, "nothing but zeros" },
        { "Unable to use a TTY\r\n", ArchiveBreakKind.Foreign, "It is no dump" },
        { "pg_dump: warning: something\nPGDMP\u0001\u000e", ArchiveBreakKind.Damaged, "begins at byte 28" },
        { "--\n-- PostgreSQL database cluster dump\n--\n", ArchiveBreakKind.Foreign, "pg_dumpall" },
        { "PGDMP\u0001\u0011\0\u0004\u0008\u0001", ArchiveBreakKind.Unsupported, "version 1.17" },
        { "PGDMP\u0001\u0002\0\u0004\u0008\u0001", ArchiveBreakKind.Unsupported, "version 1.2" },
        { "PGDMP\u0001\u000e\0\u0020\u0008\u0001", ArchiveBreakKind.Damaged, "no machine of today" },
        { "PGDMP\u0001\u000e\0\u0004\u0008\u0003", ArchiveBreakKind.Damaged, "format 3" },
        { "PGDM", ArchiveBreakKind.Foreign, "within its first word" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void What_is_no_dump_is_called_by_its_name(string latin1, ArchiveBreakKind kind, string words)
    {
        // A head that is long enough to be read, where one is read at all.
        var broken = ArchiveReaderTests.Read([.. Encoding.Latin1.GetBytes(latin1), .. latin1.StartsWith("PGDMP", StringComparison.Ordinal) ? new byte[200] : []]).Break.ShouldNotBeNull();

        broken.Kind.ShouldBe(kind);
        broken.Sentence.ShouldContain(words);
    }

    [Fact]
    public void Data_for_the_wrong_entry_twice_or_at_another_place_are_damage()
    {
        var copy = DumpCopy.Of(Recordings.Dump("1.27.3", Store.Visibility));
        var id = copy.DataOf("schema_version").Id;
        var whole = copy.Custom(ArchiveCompression.None, offsets: false);
        copy.Without("TABLE DATA", "schema_version");
        var toc = (int)ArchiveReaderTests.Read(copy.Custom(ArchiveCompression.None)).Entries.Min(entry => entry.DataOffset ?? long.MaxValue);
        var blocks = whole[(int)ArchiveReaderTests.Read(s_copy.Custom(ArchiveCompression.None)).Entries.Min(entry => entry.DataOffset ?? long.MaxValue)..];

        ArchiveReaderTests.Read([.. copy.Custom(ArchiveCompression.None, offsets: false)[..toc], .. blocks]).Break!.Sentence.ShouldContain($"entry {id}, which has none");
        ArchiveReaderTests.Read([.. whole, .. blocks]).Break!.Sentence.ShouldContain("or had it before");
        ArchiveReaderTests.Read([.. s_copy.Custom()[..^0], 9]).Break!.Sentence.ShouldContain("begins with 09");
    }

    [Fact]
    public void A_block_without_its_end_mark_lacks_rows()
    {
        var copy = DumpCopy.Of(Recordings.Dump("1.27.3", Store.Visibility)).With("schema_version", text => text.Replace("\\.\n\n\n", "", StringComparison.Ordinal));

        ArchiveReaderTests.Read(copy.Custom()).Break!.Sentence.ShouldContain("rows are missing");
    }

    [Fact]
    public void What_expands_beyond_all_bounds_is_not_read_to_its_end()
    {
        var row = $"{new string('x', 1 << 20)}\n";
        var bomb = DumpCopy.Of(Recordings.Dump("1.27.3", Store.Visibility)).With("schema_version", _ => string.Concat(Enumerable.Repeat(row, 80)));
        bomb.Without("TABLE DATA", "executions_visibility").Without("TABLE DATA", "schema_update_history");

        ArchiveReaderTests.Read(bomb.Custom(ArchiveCompression.Zstd, 16)).Break.ShouldNotBeNull().Kind.ShouldBe(ArchiveBreakKind.Bomb);
        Read(Enumerable.Range(0, 100_001).ToDictionary(number => $"{number}.dat", _ => Array.Empty<byte>())).Break!.Kind.ShouldBe(ArchiveBreakKind.Bomb);
    }

    [Fact]
    public void Refused_and_unreachable_files_are_told_apart_from_broken_ones()
    {
        ArchiveReader.Read(new Refusing(new UnauthorizedAccessException("Access to the path '/b/x.dump' is denied.")), ArchiveQuestion.Count, TestContext.Current.CancellationToken).Break!
            .ShouldBe(new ArchiveBreak(ArchiveBreakKind.NoPermission, "It may not be read: Access to the path '/b/x.dump' is denied.", 0));
        ArchiveReader.Read(new Refusing(new IOException("Input/output error")), ArchiveQuestion.Count, TestContext.Current.CancellationToken).Break!
            .Kind.ShouldBe(ArchiveBreakKind.Unreachable);
    }

    [Fact]
    public void Reading_ends_when_it_is_told_to()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();

        Should.Throw<OperationCanceledException>(() => ArchiveReader.Read(new MemoryStream(s_real), ArchiveQuestion.Count, cancel.Token));
    }

    private static ArchiveReading Read(Dictionary<string, byte[]> files) => ArchiveReader.Read(new MemoryFolder(files), ArchiveQuestion.Count, TestContext.Current.CancellationToken);

    /// <summary>Every hundredth, both ends, and places that nobody chose.</summary>
    private static IEnumerable<int> Cuts(int length)
    {
        var random = new Random(length);
        return Enumerable.Range(0, 60).Select(part => (int)((long)length * part / 60)).Concat([1, 2, 4, 5, 7, 11, length - 1, length - 2, length - 8])
            .Concat(Enumerable.Range(0, 40).Select(_ => random.Next(length))).Distinct().Order();
    }

    private static byte[] Flipped(byte[] bytes, int at, int bit)
    {
        var copy = (byte[])bytes.Clone();
        copy[at] ^= (byte)(1 << bit);
        return copy;
    }

    private static byte[] ThroughTerminal(byte[] bytes) => [.. bytes.SelectMany(one => one == '\n' ? [(byte)'\r', one] : new[] { one })];

    private sealed class Refusing(Exception refusal) : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => throw refusal;
    }
}
