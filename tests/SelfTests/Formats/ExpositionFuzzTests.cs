using System.Text;
using CsCheck;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>Whatever comes, the answer is a scrape or a message with a place, and nothing else.</summary>
public sealed class ExpositionFuzzTests
{
    // CsCheck's own variable raises it for long runs.
    private static readonly long Times = long.TryParse(Environment.GetEnvironmentVariable("CsCheck_Iter"), out var times) ? times : 20_000;

    private static readonly byte[][] Seeds =
    [
        .. FormatFiles.Text("exposition-cases.jsonl").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!)
            .Where(text => text.Length < 1500)
            .Select(Encoding.UTF8.GetBytes),
        """
        # TYPE a_seconds counter
        # UNIT a_seconds seconds
        # HELP a_seconds some \"text\" \\ \n
        a_seconds_total{b="c\\d\"\n"} 17.5 1395066363.123 # {trace_id="x",é="y"} 0.67 1395066363
        a_seconds_created{b="c"} 1e9
        # TYPE h histogram
        h_bucket{le="0.5"} 1 # {} 0.1
        h_bucket{le="+Inf"} 2
        h_sum 3
        h_count 2
        # TYPE i info
        i_info{v="1"} 1
        # EOF

        """u8.ToArray(),
    ];

    private static readonly byte[] Telling = [.. "\n \t\"\\{},=#:_\r\0 1aN+-.e"u8, 0x80, 0xc3, 0xff];

    private static readonly Gen<byte[]> Edited = Gen.Select(
        Pick.One(Seeds),
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4000], Gen.OneOf(Pick.One(Telling), Gen.Byte)).Array[1, 4],
        (seed, edits) => edits.Aggregate(seed, (bytes, edit) => Edit(bytes, edit.Item1, edit.Item2 % (bytes.Length + 1), edit.Item3)));

    [Fact]
    public void Edited_text_is_read_or_refused_with_a_place() => Edited.Sample(bytes => ReadOrRefuse(bytes, ExpositionFormat.Text), iter: Times);

    [Fact]
    public void Edited_OpenMetrics_is_read_or_refused_with_a_place() => Edited.Sample(bytes => ReadOrRefuse(bytes, ExpositionFormat.OpenMetrics), iter: Times);

    [Fact]
    public void Any_bytes_are_read_or_refused_with_a_place() => Gen.Byte.Array[0, 200].Sample(
        bytes => ReadOrRefuse(bytes, ExpositionFormat.Text) && ReadOrRefuse(bytes, ExpositionFormat.OpenMetrics), iter: Times);

    /// <summary>The reader takes over what neighbouring lines share; read alone, each line has to say the same.</summary>
    [Fact]
    public void A_line_means_the_same_behind_any_other_line() => Gen.Select(Line(), Line()).Sample(
        (before, line) => Alone(line) == Read(before + line)?.Samples.Last().Series, iter: Times);

    private static Gen<string> Line()
    {
        var value = Pick.One("", "1", "12", "é", "\\\"", "\\\\", "\\n", "a,b", "}");
        var label = Gen.Select(Pick.One("a", "ab", "b", "\"c d\""), value, Pick.One("", " "), (name, text, blank) => $"{name}{blank}={blank}\"{text}\"{blank}");
        return Gen.Select(
            Pick.One("up", "upper", "\"a b\""),
            label.Array[0, 3].Where(labels => labels.Select(one => one.Split('=')[0].Trim()).Distinct().Count() == labels.Length),
            Gen.Bool,
            (name, labels, inside) => inside
                ? $"{{{string.Join(',', labels.Prepend($"\"{name.Trim('"')}\""))}}} 1\n"
                : $"{name}{{{string.Join(',', labels)}}} 1\n");
    }

    private static string? Alone(string line) => Read(line)?.Samples.Single().Series;

    private static Scrape Read(string text) => ExpositionReader.Read(Encoding.UTF8.GetBytes(text), ExpositionFormat.Text, "f");

    private static byte[] Edit(byte[] bytes, int kind, int at, byte one) => kind switch
    {
        0 => bytes[..at],
        1 => [.. bytes[..at], one, .. bytes[at..]],
        2 => [.. bytes[..at], .. bytes.Skip(at + 1)],
        _ => [.. bytes[..at], one, .. bytes.Skip(at + 1)],
    };

    private static bool ReadOrRefuse(byte[] bytes, ExpositionFormat format)
    {
        try
        {
            var scrape = ExpositionReader.Read(bytes, format, "f");
            scrape.Defects();
            foreach (var family in scrape.Families)
            {
                family.CountSeries();
                family.Histograms();
            }

            return scrape.Families.All(family => family.Samples.Count > 0);
        }
        catch (UnreadableException refused)
        {
            // A body that happens to begin as gzip does is refused as a whole.
            return (refused.Line > 0 && refused.Column > 0) || bytes is [0x1f, 0x8b, 0x08, ..];
        }
    }
}
