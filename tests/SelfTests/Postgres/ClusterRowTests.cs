using Google.Protobuf;
using TemporalConformance.Probes;

namespace TemporalConformance.SelfTests;

public sealed class ClusterRowTests
{
    [Fact]
    public void Name_and_shards_of_a_known_message_are_read()
    {
        var row = ClusterRow.Decode("active", Convert.FromHexString("0A06616374697665108020"), "Proto3");

        row.ShouldBe(new ClusterRow("active", "", 4096, "", 0, 0, false, false, null));
    }

    [Fact]
    public void Every_field_is_read_and_unknown_ones_are_skipped()
    {
        var row = ClusterRow.Decode("east", Message(), "Proto3");

        row.ShouldBe(new ClusterRow("east", "5b1b8a0e-0000-0000-0000-000000000001", 512, "10.0.0.1:7233", 10, 1, true, true, "1.27.3"));
    }

    [Fact]
    public void Every_truncation_is_refused_or_read_and_never_breaks()
    {
        var whole = Message();
        var refused = 0;
        for (var length = 0; length < whole.Length; length++)
        {
            try
            {
                ClusterRow.Decode("east", whole[..length], "Proto3").Name.ShouldBe("east");
            }
            catch (FormatException broken)
            {
                broken.Message.ShouldContain("no whole protobuf");
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(whole.Length / 2);
    }

    [Fact]
    public void Another_encoding_is_refused() => Should.Throw<FormatException>(() => ClusterRow.Decode("active", [], "Json"))
        .Message.ShouldBe("the row of cluster active is encoded as 'Json' and not as 'Proto3'");

    private static byte[] Message()
    {
        var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            Text(1, "east");
            Number(2, 512);
            Text(3, "5b1b8a0e-0000-0000-0000-000000000001");
            // VersionInfo { current: ReleaseInfo { version, notes } }
            Bytes(4, Inner(1, [.. Inner(1, "1.27.3"u8), .. Inner(3, "notes"u8)]));
            Bytes(5, Inner(1, "an index"u8));
            Text(6, "10.0.0.1:7233");
            Number(7, 10);
            Number(8, 1);
            Number(9, 1);
            Number(10, 1);
            Number(11, 1);
            Text(13, "10.0.0.1:7243");
            output.WriteTag(99, WireFormat.WireType.Fixed64);
            output.WriteFixed64(7);

            void Text(int field, string text)
            {
                output.WriteTag(field, WireFormat.WireType.LengthDelimited);
                output.WriteString(text);
            }

            void Bytes(int field, byte[] content)
            {
                output.WriteTag(field, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(content));
            }

            void Number(int field, long number)
            {
                output.WriteTag(field, WireFormat.WireType.Varint);
                output.WriteInt64(number);
            }
        }

        return bytes.ToArray();
    }

    private static byte[] Inner(int field, ReadOnlySpan<byte> content) => [(byte)((field << 3) | 2), (byte)content.Length, .. content];
}
