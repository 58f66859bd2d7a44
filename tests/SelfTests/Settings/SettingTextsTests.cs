using CsCheck;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class SettingTextsTests
{
    [Theory]
    [InlineData("10m", 600)]
    [InlineData("30s", 30)]
    [InlineData("1h30m", 5400)]
    [InlineData("7d", 604_800)]
    [InlineData("1d12h", 129_600)]
    [InlineData("1500ms", 1.5)]
    [InlineData("1s500ms", 1.5)]
    [InlineData("0s", 0)]
    [InlineData("01:30:00", 5400)]
    [InlineData("7.00:00:00", 604_800)]
    public void Durations_have_units_or_colons(string text, double seconds)
    {
        SettingTexts.TryDuration(text, out TimeSpan duration).ShouldBeTrue();
        duration.TotalSeconds.ShouldBe(seconds);
    }

    [Theory]
    [InlineData("10")]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("5M")]
    [InlineData("30m1h")]
    [InlineData("1h1h")]
    [InlineData("1.5h")]
    [InlineData("1:30:00")]
    [InlineData("25:00:00")]
    [InlineData("01:30")]
    [InlineData("99999999999d")]
    [InlineData("10001d")]
    public void What_could_be_misread_is_no_duration(string text) => SettingTexts.TryDuration(text, out _).ShouldBeFalse();

    [Fact]
    public void A_duration_that_was_written_is_read_back() => Gen.Long[0, 10_000L * 24 * 3600 * 1000].Sample(milliseconds =>
    {
        TimeSpan duration = TimeSpan.FromMilliseconds(milliseconds);
        return SettingTexts.TryDuration(SettingTexts.Duration(duration), out TimeSpan read) && read == duration;
    });

    [Theory]
    [InlineData("500GB", 500_000_000_000)]
    [InlineData("500G", 500_000_000_000)]
    [InlineData("1Ti", 1L << 40)]
    [InlineData("1.5 TiB", 3L << 39)]
    [InlineData("10k", 10_000)]
    [InlineData("4096", 4096)]
    [InlineData("0B", 0)]
    public void Sizes_are_decimal_or_binary(string text, long expected)
    {
        SettingTexts.TrySize(text, out long bytes).ShouldBeTrue();
        bytes.ShouldBe(expected);
    }

    [Theory]
    [InlineData("GB")]
    [InlineData("")]
    [InlineData("-1GB")]
    [InlineData("1gb")]
    [InlineData("1 G B")]
    [InlineData("1e9")]
    [InlineData("1,5TB")]
    [InlineData("1..5TB")]
    [InlineData("9999999PB")]
    [InlineData("99999999999999999999999999999999999GB")]
    public void What_could_be_misread_is_no_size(string text) => SettingTexts.TrySize(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("2026-03-01T22:00Z", "2026-03-01T22:00:00Z")]
    [InlineData("2026-03-01T22:00:30+01:00", "2026-03-01T21:00:30Z")]
    [InlineData("2026-03-01T22:00-05:30", "2026-03-02T03:30:00Z")]
    public void Moments_have_an_offset(string text, string utc)
    {
        SettingTexts.TryInstant(text, out DateTimeOffset moment).ShouldBeTrue();
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ssK").ShouldBe(utc);
    }

    [Theory]
    [InlineData("2026-03-01T22:00")]
    [InlineData("2026-03-01T22:00:00")]
    [InlineData("2026-03-01 22:00Z")]
    [InlineData("2026-03-01")]
    [InlineData("2026-02-30T22:00Z")]
    [InlineData("tonight")]
    public void A_moment_without_offset_is_none(string text) => SettingTexts.TryInstant(text, out _).ShouldBeFalse();
}
