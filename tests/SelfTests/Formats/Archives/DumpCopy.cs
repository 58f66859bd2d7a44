using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using K4os.Compression.LZ4.Streams;
using TemporalConformance.Formats;
using ZstdSharp;

namespace TemporalConformance.SelfTests;

/// <summary>
/// A recorded dump taken apart, to be changed and written again in every version, compression and form: pg_dump writes one version a release.
/// What it writes is held to what pg_restore reads by <see cref="ArchiveReaderTests"/>.
/// </summary>
internal sealed class DumpCopy
{
    private const int Piece = 4096;

    public required ArchiveHeader Header { get; set; }

    public required List<ArchiveEntry> Entries { get; init; }

    /// <summary>The data by the entry's number, decompressed.</summary>
    public required Dictionary<int, byte[]> Data { get; init; }

    public static DumpCopy Of(string file)
    {
        var data = new Dictionary<int, MemoryStream>();
        using var stream = File.OpenRead(file);
        var reading = ArchiveReader.Read(stream, new ArchiveQuestion
        {
            OnData = (entry, bytes) =>
            {
                if (!data.TryGetValue(entry.Id, out var all))
                {
                    data[entry.Id] = all = new MemoryStream();
                }

                all.Write(bytes);
            },
        });
        reading.Break.ShouldBeNull();
        return new DumpCopy { Header = reading.Header!, Entries = [.. reading.Entries], Data = data.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray()) };
    }

    /// <summary>The entry with a table's data.</summary>
    public ArchiveEntry DataOf(string table) => Entries.Single(entry => entry.Kind == "TABLE DATA" && entry.Name == table);

    public DumpCopy Without(string kind, string name)
    {
        Entries.RemoveAll(entry => entry.Kind == kind && entry.Name == name);
        return this;
    }

    /// <summary>Changes the rows of a table, as text.</summary>
    public DumpCopy With(string table, Func<string, string> change)
    {
        var id = DataOf(table).Id;
        Data[id] = Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(Data[id])));
        return this;
    }

    public byte[] Custom(ArchiveCompression compression = ArchiveCompression.Gzip, int minor = 14, bool offsets = true)
    {
        var blocks = Entries.Where(entry => entry.HasData).ToDictionary(entry => entry.Id, entry => Block(entry.Id, compression));
        var positions = new Dictionary<int, long>();
        var at = (long)Toc(1, compression, minor, entry => (entry.HasData ? 2 : 3, 0, null)).Length;
        foreach (var (id, block) in blocks)
        {
            positions[id] = at;
            at += block.Length;
        }

        var toc = Toc(1, compression, minor, entry => entry.HasData ? (offsets ? 2 : 1, offsets ? positions[entry.Id] : 0, null) : (3, 0, null));
        return [.. toc, .. blocks.Values.SelectMany(block => block)];
    }

    /// <summary>The files of a directory archive.</summary>
    public Dictionary<string, byte[]> Files(ArchiveCompression compression = ArchiveCompression.Gzip, int minor = 14)
    {
        var suffix = compression switch { ArchiveCompression.Gzip => ".gz", ArchiveCompression.Lz4 => ".lz4", ArchiveCompression.Zstd => ".zst", _ => "" };
        var files = Entries.Where(entry => entry.HasData).ToDictionary(entry => $"{entry.Id}.dat{suffix}", entry => Packed(Data[entry.Id], compression, zlib: false));
        files["toc.dat"] = Toc(3, compression, minor, entry => (0, 0, entry.HasData ? $"{entry.Id}.dat" : null));
        return files;
    }

    public byte[] Tar()
    {
        var files = Files(ArchiveCompression.None);
        var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var name in files.Keys.OrderByDescending(name => name == "toc.dat"))
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(files[name]) });
            }
        }

        return stream.ToArray();
    }

    /// <summary>Writes a directory archive.</summary>
    public static void Write(Dictionary<string, byte[]> files, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, bytes) in files)
        {
            File.WriteAllBytes(Path.Combine(folder, name), bytes);
        }
    }

    public static byte[] Packed(byte[] data, ArchiveCompression compression, bool zlib)
    {
        if (compression == ArchiveCompression.None)
        {
            return data;
        }

        var packed = new MemoryStream();
        using (Stream packing = compression switch
        {
            ArchiveCompression.Gzip when zlib => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            ArchiveCompression.Gzip => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            ArchiveCompression.Lz4 => LZ4Stream.Encode(packed, leaveOpen: true),
            _ => new CompressionStream(packed, leaveOpen: true),
        })
        {
            packing.Write(data);
        }

        return packed.ToArray();
    }

    private byte[] Block(int id, ArchiveCompression compression)
    {
        var block = new MemoryStream();
        block.WriteByte(1);
        Int(block, id);
        foreach (var piece in Packed(Data[id], compression, zlib: true).Chunk(Piece))
        {
            Int(block, piece.Length);
            block.Write(piece);
        }

        Int(block, 0);
        return block.ToArray();
    }

    private byte[] Toc(byte format, ArchiveCompression compression, int minor, Func<ArchiveEntry, (int State, long Offset, string? File)> extra)
    {
        var toc = new MemoryStream();
        toc.Write("PGDMP"u8);
        toc.Write([1, (byte)minor, 0, 4, 8, format]);
        if (minor >= 15)
        {
            toc.WriteByte((byte)compression);
        }
        else
        {
            compression.ShouldBeOneOf(ArchiveCompression.None, ArchiveCompression.Gzip);
            Int(toc, compression == ArchiveCompression.None ? 0 : -1);
        }

        var time = Header.Created ?? default;
        foreach (var field in new[] { time.Second, time.Minute, time.Hour, time.Day, time.Month - 1, time.Year - 1900, 0 })
        {
            Int(toc, field);
        }

        foreach (var text in new[] { Header.Database, Header.ServerVersion, Header.DumpVersion })
        {
            Text(toc, text);
        }

        Int(toc, Entries.Count);
        foreach (var entry in Entries)
        {
            Write(toc, entry, minor);
            var (state, offset, file) = extra(entry);
            if (format == 1)
            {
                toc.WriteByte((byte)state);
                toc.Write(BitConverter.GetBytes(offset));
            }
            else
            {
                Text(toc, file ?? "");
            }
        }

        return toc.ToArray();
    }

    private static void Write(MemoryStream toc, ArchiveEntry entry, int minor)
    {
        Int(toc, entry.Id);
        Int(toc, entry.HasData ? 1 : 0);
        foreach (var text in new[] { $"{entry.CatalogOid}", $"{entry.Oid}", entry.Name, entry.Kind })
        {
            Text(toc, text);
        }

        Int(toc, entry.Section);
        foreach (var text in new[] { entry.Definition, entry.DropStatement, entry.CopyStatement, entry.Schema, entry.Tablespace })
        {
            Text(toc, text);
        }

        if (minor >= 14)
        {
            Text(toc, entry.AccessMethod);
        }

        if (minor >= 16)
        {
            Int(toc, entry.Kind == "TABLE" ? 'r' : 0);
        }

        Text(toc, entry.Owner);
        Text(toc, "false");
        foreach (var dependency in entry.Dependencies)
        {
            Text(toc, $"{dependency}");
        }

        Text(toc, null);
    }

    private static void Int(MemoryStream stream, int number)
    {
        stream.WriteByte(number < 0 ? (byte)1 : (byte)0);
        stream.Write(BitConverter.GetBytes(Math.Abs(number)));
    }

    private static void Text(MemoryStream stream, string? text)
    {
        if (text is null)
        {
            Int(stream, -1);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        Int(stream, bytes.Length);
        stream.Write(bytes);
    }
}

/// <summary>A folder in memory.</summary>
internal sealed class MemoryFolder(Dictionary<string, byte[]> files) : IArchiveFolder
{
    public IReadOnlyList<string> Names => [.. files.Keys];

    public Stream Open(string name) => new MemoryStream(files[name]);
}
