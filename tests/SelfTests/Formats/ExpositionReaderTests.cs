using System.IO.Compression;
using System.Text;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>What the recorded answers of the real parser do not show: columns, gzip, defects, and where this reader is stricter on purpose.</summary>
public sealed class ExpositionReaderTests
{
    [Theory]
    [InlineData("up 1", 1, 5, "was cut off")]
    [InlineData("a 1\nup x\n", 2, 4, "Wanted: a number as the value; observed: \"x\"")]
    [InlineData("a 1\n\tup{a=\"é\",b=c} 1\n", 2, 13, "Wanted: a quote before the value of the label; observed: 'c'")]
    [InlineData("up{a=\"1\" b=\"2\"} 1\n", 1, 10, "Wanted: ',' or '}'; observed: 'b'")]
    [InlineData("up{a=\"1\n", 1, 8, "The value of the label does not end on its line")]
    [InlineData("up{a=\"x\\qy\"} 1\n", 1, 8, "A backslash stands before something it cannot escape")]
    [InlineData("up{a=\"1\",a=\"2\"} 1\n", 1, 15, "A label stands twice")]
    [InlineData("up{__name__=\"x\"} 1\n", 1, 4, "__name__ is reserved")]
    [InlineData("# TYPE up nonsense\n", 1, 11, "Wanted: counter, gauge, histogram, summary or untyped; observed: \"nonsense\"")]
    [InlineData("# TYPE up counter\nup 1\n# TYPE up gauge\n", 3, 8, "A second TYPE of this metric, or one behind its samples")]
    [InlineData("# TYPE h histogram\nh_bucket{x=\"y\",le=\"z\"} 1\n", 2, 22, "Wanted: a number as the label le")]
    [InlineData("up 1 2 3\n", 1, 7, "Wanted: the end of the line behind the time")]
    [InlineData("up 1\r\n", 1, 4, "ends in a carriage return")]
    [InlineData("\ufeffup 1\n", 1, 1, "byte order mark")]
    [InlineData("{a=\"b\"} 1\n", 1, 1, "Wanted: the name of a metric before or among its labels")]
    [InlineData("\n <html><body>Sign in</body></html>", 1, 1, "This is HTML or XML, no metrics")]
    public void An_error_says_where_and_what_was_wanted(string text, int line, int column, string problem)
    {
        var refused = Should.Throw<UnreadableException>(() => Read(text));
        (refused.Line, refused.Column).ShouldBe((line, column), refused.Message);
        refused.Message.ShouldStartWith($"f:{line}:{column}: ");
        refused.Problem.ShouldContain(problem);
    }

    [Fact]
    public void Stricter_than_the_real_parser_a_label_le_twice_is_an_error() =>
        // prometheus/common looks for doubled labels only among those that are not le or quantile, and lets the last one win.
        Should.Throw<UnreadableException>(() => Read("# TYPE h histogram\nh_bucket{le=\"1\",le=\"2\"} 1\n")).Problem.ShouldContain("twice");

    [Fact]
    public void Stricter_than_the_real_parser_a_description_that_is_no_text_is_an_error() =>
        Should.Throw<UnreadableException>(() => ExpositionReader.Read("# HELP up \xff\nup 1\n".Select(one => (byte)one).ToArray(), ExpositionFormat.Text, "f"))
            .Problem.ShouldContain("no UTF-8");

    [Fact]
    public void Stricter_than_the_real_parser_a_backslash_in_a_type_is_an_error() =>
        // prometheus/common drops the backslash and reads a counter.
        Should.Throw<UnreadableException>(() => Read("# TYPE up coun\\ter\nup 1\n")).Problem.ShouldContain("observed: \"coun\\ter\"");

    [Fact]
    public void Histograms_are_grouped_by_their_labels()
    {
        var scrape = Read("""
            # HELP h said \\ of \n it
            # TYPE h histogram
            h_bucket{a="1",le="0.5"} 1
            h_bucket{a="1",le="+Inf"} 3
            h_sum{a="1"} 4.5
            h_count{a="1"} 3
            h_bucket{a="2",le="+Inf"} 0
            h_sum{a="2"} 0
            h_count{a="2"} 0
            after 1

            """);

        scrape.Families.Select(family => family.Name).ShouldBe(["h", "after"]);
        var family = scrape.Find("h").ShouldNotBeNull();
        (family.Help, family.CountSeries()).ShouldBe(("said \\ of \n it", 2));
        var one = family.Histograms()[0];
        one.Labels.ShouldBe(LabelSet.Of(new Label("a", "1")));
        one.Buckets.ShouldBe([new(0.5, 1), new(double.PositiveInfinity, 3)]);
        (one.Sum, one.Count).ShouldBe((4.5, 3));
        family.Samples[0].Series.ShouldBe("h_bucket{a=\"1\",le=\"0.5\"}");
        family.Samples[0].Line.ShouldBe(3);
        scrape.Defects().ShouldBeEmpty();
    }

    [Fact]
    public void What_a_line_has_in_common_with_its_neighbour_is_taken_over_and_nothing_else()
    {
        var scrape = Read("""
            up{a="1",b="2",c="3"} 1
            up{a="1",b="2",c="3"} 2
            up{a="1",b="2"} 3
            up{a="1",b="23"} 4
            up{a="1",c="2"} 5
            up{} 6
            up{a="1\"",b="2"} 7
            up{a="1\"",b="2",} 8
            {"up",a="1\"",b="2"} 9
            {"down",a="1\"",b="2"} 10

            """);

        scrape.Samples.Select(sample => $"{sample.Series} {sample.Value}").ShouldBe(
        [
            "up{a=\"1\",b=\"2\",c=\"3\"} 1", "up{a=\"1\",b=\"2\",c=\"3\"} 2", "up{a=\"1\",b=\"2\"} 3", "up{a=\"1\",b=\"23\"} 4", "up{a=\"1\",c=\"2\"} 5",
            "up 6", "up{a=\"1\\\"\",b=\"2\"} 7", "up{a=\"1\\\"\",b=\"2\"} 8", "up{a=\"1\\\"\",b=\"2\"} 9", "down{a=\"1\\\"\",b=\"2\"} 10",
        ]);
    }

    [Fact]
    public void Equality_of_labels_disregards_their_order()
    {
        var (one, other) = (LabelSet.Of(new Label("a", "1"), new Label("b", "2")), LabelSet.Of(new Label("b", "2"), new Label("a", "1")));
        one.Equals(other).ShouldBeTrue();
        one.GetHashCode().ShouldBe(other.GetHashCode());
        one.Equals(LabelSet.Of(new Label("a", "2"), new Label("b", "1"))).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => LabelSet.Of(new Label("a", "1"), new Label("a", "2")));
    }

    [Theory]
    [InlineData("up{a=\"1\",b=\"2\"} 1\nup{b=\"2\",a=\"1\"} 2\n", 2, "stands twice, first on line 1")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n", 2, "has no bucket +Inf")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\n", 3, "counts less than the one below")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"2\"} 1\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 1\n", 3, "do not ascend")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n", 2, "is not that of its bucket +Inf")]
    [InlineData("# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_count 1\n", 2, "sum and count")]
    [InlineData("# TYPE h histogram\nh_bucket 1\nh_bucket{le=\"+Inf\"} 1\n", 2, "has no bound")]
    [InlineData("# TYPE h histogram\nh 1\nh_bucket{le=\"+Inf\"} 1\n", 2, "no value of its own")]
    [InlineData("# TYPE c counter\nc NaN\n", 2, "A counter is no number")]
    public void A_defect_that_the_real_parser_accepts_is_named_with_its_line(string text, int line, string problem)
    {
        var defect = Read(text).Defects().ShouldHaveSingleItem();
        (defect.Line, defect.Column).ShouldBe((line, 1));
        defect.Problem.ShouldContain(problem);
    }

    [Fact]
    public void A_compressed_body_is_read_and_a_torn_or_damaged_one_is_not()
    {
        var text = string.Concat(Enumerable.Range(0, 2000).Select(number => $"up{{instance=\"{number * 7919 % 10007}\"}} {number}\n"));
        var whole = Gzip(Encoding.UTF8.GetBytes(text));

        var scrape = ExpositionReader.Read(whole, ExpositionFormat.Text, "f");
        scrape.Families.ShouldHaveSingleItem().Samples.Count.ShouldBe(2000);
        scrape.Bytes.ShouldBe(text.Length);
        for (var cut = 3; cut < whole.Length; cut += 97)
        {
            Should.Throw<UnreadableException>(() => ExpositionReader.Read(whole.AsMemory(0, cut), ExpositionFormat.Text, "f"), $"{cut}");
        }

        Should.Throw<UnreadableException>(() => ExpositionReader.Read(whole.AsMemory(..^1), ExpositionFormat.Text, "f")).Message.ShouldContain("cut off");
        whole[^6] ^= 1;
        Should.Throw<UnreadableException>(() => ExpositionReader.Read(whole, ExpositionFormat.Text, "f")).Message.ShouldContain("damaged");
    }

    [Fact]
    public void A_bomb_is_a_message_and_no_memory()
    {
        var bomb = Gzip(new byte[ExpositionReader.LargestBody + 1]);
        Should.Throw<UnreadableException>(() => ExpositionReader.Read(bomb, ExpositionFormat.Text, "f")).Message.ShouldContain("larger than 256 MiB");
    }

    [Fact]
    public void A_large_scrape_takes_at_most_twice_its_own_memory()
    {
        var seed = ExpositionReader.Read(
            File.ReadAllBytes(Path.Combine(Checkout.Root, "tests", "SelfTests", "Formats", "Data", "metrics-tally-1.29.1.prom.gz")), ExpositionFormat.Text, "f");
        var body = new StringBuilder();
        foreach (var family in seed.Families)
        {
            body.Append($"# TYPE {family.Name} {(family.Type == MetricType.Unknown ? "untyped" : family.Type.ToString().ToLowerInvariant())}\n");
            foreach (var sample in Enumerable.Range(0, 8).SelectMany(copy => family.Samples.Select(one => one with { Labels = LabelSet.Of(one.Labels.Prepend(new("copy", $"{copy}"))) })))
            {
                body.Append($"{sample.Series} {sample.Value:R}\n");
            }
        }

        var bytes = Encoding.UTF8.GetBytes(body.ToString());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var scrape = ExpositionReader.Read(bytes, ExpositionFormat.Text, "f");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        scrape.Samples.Count().ShouldBe(8 * seed.Samples.Count());
        allocated.ShouldBeLessThan(2L * bytes.Length);
    }

    [Theory]
    [InlineData(null, ExpositionFormat.Text)]
    [InlineData("text/plain; version=0.0.4; charset=utf-8; escaping=underscores", ExpositionFormat.Text)]
    [InlineData("application/openmetrics-text; version=1.0.0; charset=utf-8", ExpositionFormat.OpenMetrics)]
    [InlineData("Application/OpenMetrics-Text;version=0.0.1", ExpositionFormat.OpenMetrics)]
    [InlineData("text/html; charset=utf-8", null)]
    [InlineData("application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", null)]
    public void The_format_is_that_of_the_content_type(string? contentType, ExpositionFormat? format) => ExpositionFormat.Of(contentType).ShouldBe(format);

    private static Scrape Read(string text) => ExpositionReader.Read(Encoding.UTF8.GetBytes(text), ExpositionFormat.Text, "f");

    private static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }
}
