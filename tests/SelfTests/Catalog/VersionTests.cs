using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class VersionTests
{
    [Theory]
    [InlineData("1.29.1")]
    [InlineData("1.28.3.1")]
    [InlineData("0.0.0")]
    [InlineData("1.24.10")]
    public void A_server_version_is_written_as_it_was_read(string text) => ServerVersion.Parse(text).ToString().ShouldBe(text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1.29")]
    [InlineData("v1.29.1")]
    [InlineData("1.29.1-rc.1")]
    [InlineData("1.29.01")]
    [InlineData("1.29.1.0")]
    [InlineData(" 1.29.1")]
    [InlineData("1.29.+1")]
    [InlineData("1.29.99999999999")]
    [InlineData("1.2.3.4.5")]
    public void Text_that_is_no_server_version_is_refused(string? text) => ServerVersion.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Versions_are_ordered_as_numbers_and_a_hotfix_follows_its_patch()
    {
        string[] ordered = ["1.9.9", "1.24.0", "1.28.3", "1.28.3.1", "1.28.4", "1.29.0", "1.29.10", "2.0.0"];
        ordered.Reverse().Select(ServerVersion.Parse).Order().Select(version => version.ToString()).ShouldBe(ordered);
        (ServerVersion.Parse("1.28.3") < ServerVersion.Parse("1.28.3.1")).ShouldBeTrue();
        (ServerVersion.Parse("1.28.3") >= ServerVersion.Parse("1.28.3.1")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("1.18", "1.18")]
    [InlineData("v1.18", "1.18")]
    [InlineData("0.0", "0.0")]
    public void A_schema_version_may_be_written_as_upstreams_folder(string text, string version) =>
        SchemaVersion.Parse(text).ToString().ShouldBe(version);

    [Theory]
    [InlineData("1.180.1")]
    [InlineData("vv1.18")]
    [InlineData("1.08")]
    [InlineData("18")]
    [InlineData(null)]
    public void Text_that_is_no_schema_version_is_refused(string? text) => SchemaVersion.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Schema_1_9_is_older_than_1_13() => (SchemaVersion.Parse("1.9") < SchemaVersion.Parse("1.13")).ShouldBeTrue();

    [Fact]
    public void Parse_says_what_it_wanted()
    {
        Should.Throw<FormatException>(() => ServerVersion.Parse("latest")).Message.ShouldContain("three numbers such as 1.29.1");
        Should.Throw<FormatException>(() => SchemaVersion.Parse("latest")).Message.ShouldContain("two numbers such as 1.18");
    }

    [Theory]
    [InlineData("1.27", "1.29", 2)]
    [InlineData("1.29", "1.29", 0)]
    [InlineData("1.29", "1.28", -1)]
    [InlineData("1.29", "2.0", int.MaxValue)]
    [InlineData("2.0", "1.29", int.MinValue)]
    public void Minors_are_counted_within_a_major(string from, string to, int minors)
    {
        ReleaseLine.TryParse(from, out var first).ShouldBeTrue();
        ReleaseLine.TryParse(to, out var second).ShouldBeTrue();
        first.MinorsTo(second).ShouldBe(minors);
    }
}
