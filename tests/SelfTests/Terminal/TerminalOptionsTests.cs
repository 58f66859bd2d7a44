using TemporalConformance.Cli;

namespace TemporalConformance.SelfTests;

public sealed class TerminalOptionsTests
{
    private const int Utf8 = 65001;
    private const int Latin1 = 28591;

    [Fact]
    public void A_person_at_a_terminal_gets_colours_and_a_status_line()
    {
        var options = Detect(redirected: false, ("TERM", "xterm-256color"));
        (options.Interactive, options.Styled, options.Coloured, options.Unicode, options.Width).ShouldBe((true, true, true, true, 120));
    }

    [Fact]
    public void A_pipe_gets_plain_whole_lines()
    {
        var options = Detect(redirected: true, ("TERM", "xterm-256color"));
        (options.Interactive, options.Styled, options.Coloured, options.Unicode, options.Width).ShouldBe((false, false, false, true, null));
    }

    [Fact]
    public void NO_COLOR_takes_the_colours_and_leaves_the_weight()
    {
        var options = Detect(redirected: false, ("TERM", "xterm"), ("NO_COLOR", "1"));
        (options.Styled, options.Coloured).ShouldBe((true, false));
    }

    [Fact]
    public void An_empty_NO_COLOR_says_nothing() => Detect(redirected: false, ("NO_COLOR", "")).Coloured.ShouldBeTrue();

    [Fact]
    public void FORCE_COLOR_colours_a_pipe_without_moving_its_cursor()
    {
        var options = Detect(redirected: true, ("FORCE_COLOR", "1"));
        (options.Interactive, options.Styled, options.Coloured, options.Width).ShouldBe((false, true, true, null));
    }

    [Fact]
    public void FORCE_COLOR_0_forces_nothing() => Detect(redirected: true, ("FORCE_COLOR", "0")).Styled.ShouldBeFalse();

    [Fact]
    public void NO_COLOR_wins_over_FORCE_COLOR() =>
        Detect(redirected: true, ("FORCE_COLOR", "1"), ("NO_COLOR", "1")).Coloured.ShouldBeFalse();

    [Fact]
    public void A_CI_log_is_never_drawn_over_even_when_it_looks_like_a_terminal()
    {
        var options = Detect(redirected: false, ("TERM", "xterm"), ("CI", "true"));
        (options.Interactive, options.Styled).ShouldBe((false, true));
    }

    [Fact]
    public void A_dumb_terminal_gets_no_escapes()
    {
        var options = Detect(redirected: false, ("TERM", "dumb"));
        (options.Interactive, options.Styled, options.Width).ShouldBe((false, false, 120));
    }

    [Theory]
    [InlineData("C", false)]
    [InlineData("POSIX", false)]
    [InlineData("C.UTF-8", true)]
    [InlineData("en_GB.UTF-8", true)]
    [InlineData("", true)]
    public void The_locale_says_whether_glyphs_beyond_ASCII_are_known(string locale, bool unicode) =>
        Detect(redirected: false, ("LANG", locale)).Unicode.ShouldBe(unicode);

    [Fact]
    public void LC_ALL_wins_over_LANG() => Detect(redirected: false, ("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")).Unicode.ShouldBeFalse();

    [Fact]
    public void An_encoding_that_is_not_UTF_8_gets_ASCII() =>
        TerminalOptions.Detect(_ => null, redirected: true, Latin1, width: 0).Unicode.ShouldBeFalse();

    [Fact]
    public void The_console_of_a_Linux_machine_has_no_glyphs_for_our_marks() =>
        Detect(redirected: false, ("TERM", "linux")).Unicode.ShouldBeFalse();

    [Theory]
    [InlineData(10, 40)]
    [InlineData(60, 60)]
    [InlineData(200, 200)]
    [InlineData(500, 200)]
    public void Absurd_widths_are_brought_into_bounds(int width, int used) =>
        TerminalOptions.Detect(_ => null, redirected: false, Utf8, width).Width.ShouldBe(used);

    private static TerminalOptions Detect(bool redirected, params (string Name, string Value)[] environment) =>
        TerminalOptions.Detect(
            name => environment.Where(variable => variable.Name == name).Select(variable => variable.Value).FirstOrDefault(),
            redirected,
            Utf8,
            width: 120);
}
