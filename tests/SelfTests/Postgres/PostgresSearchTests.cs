using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

public sealed class PostgresSearchTests
{
    [Fact]
    public void A_folder_that_the_settings_name_is_the_only_one_looked_at()
    {
        var step = PostgresSearch.Steps(Named("/nowhere/bin")).ShouldHaveSingleItem();

        step.ShouldBe(new SearchStep("settings postgres.binaries", null, "/nowhere/bin lacks postgres, initdb, pg_ctl, pg_restore."));
        PostgresSearch.Find(Named("/nowhere/bin")).ShouldBeNull();
    }

    [Fact]
    public void A_complete_folder_is_found_with_its_major()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell.");
        var folder = FakePrograms.Make();

        PostgresSearch.Find(Named(folder)).ShouldBe(new PostgresBinaries(folder, 15, "settings postgres.binaries"));
    }

    [Theory]
    [InlineData("postgres", "echo 'postgres (PostgreSQL) 12.22'")]
    [InlineData("postgres", "echo 'another program 15'")]
    [InlineData("postgres", "exit 1")]
    public void Programs_that_are_too_old_or_something_else_are_not_used(string program, string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell.");

        var step = PostgresSearch.Steps(Named(FakePrograms.Make(program, script))).ShouldHaveSingleItem();

        step.Found.ShouldBeNull();
        step.Outcome.ShouldEndWith("/postgres does not say that it is PostgreSQL 13 or later.");
    }

    [Fact]
    public void Debians_wrappers_are_not_taken_for_the_programs_behind_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs links.");
        var folder = FakePrograms.Make(without: ["pg_restore"]);
        File.WriteAllText(Path.Combine(folder, "pg_wrapper"), "#!/usr/bin/perl\n");
        File.CreateSymbolicLink(Path.Combine(folder, "pg_restore"), "pg_wrapper");

        PostgresSearch.Steps(Named(folder)).ShouldHaveSingleItem().Outcome.ShouldBe($"{folder} lacks pg_restore.");
    }

    [Fact]
    public void A_folder_that_no_other_user_can_enter_is_of_no_use_to_root()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows(), "We are not root.");
        var folder = FakePrograms.Make();
        FakePrograms.SetMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        PostgresSearch.Steps(Named(folder)).ShouldHaveSingleItem().Outcome.ShouldContain("cannot be entered by another user than root");
    }

    [Fact]
    public void Without_a_setting_PATH_comes_first_and_every_place_says_what_it_had()
    {
        var steps = PostgresSearch.Steps(Facts.Settings.Defaults);

        steps[0].Place.ShouldBe("PATH");
        steps.Count.ShouldBe(6);
        steps.ShouldAllBe(step => step.Outcome.EndsWith('.'));
        PostgresSearch.Find(Facts.Settings.Defaults).ShouldBe(steps.FirstOrDefault(step => step.Found is not null)?.Found);
        PostgresSearch.InstallCommand.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public async Task Without_any_PostgreSQL_the_message_lists_what_was_tried()
    {
        var failure = await Should.ThrowAsync<EnvironmentException>(() => ScratchPostgres.OpenAsync(Named("/nowhere/bin"), TestContext.Current.CancellationToken));

        failure.Message.ShouldContain("settings postgres.binaries: /nowhere/bin lacks");
        failure.Remedy.ShouldContain(PostgresSearch.InstallCommand);
    }

    private static Facts.Settings Named(string folder) =>
        SettingsReader.Read(null, new Dictionary<string, string> { ["postgres.binaries"] = folder }, new Dictionary<string, string?>());
}
