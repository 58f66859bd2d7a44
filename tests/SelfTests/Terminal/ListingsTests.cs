using TemporalConformance.Cli;

namespace TemporalConformance.SelfTests;

public sealed class ListingsTests
{
    [Theory]
    [InlineData(60)]
    [InlineData(120)]
    [InlineData(null)]
    public void The_list_of_checks_reads_well(int? width)
    {
        using var scene = new Scene(width);
        Listings.Checks(scene.Screen, Scene.Roll);
        scene.Text.ShouldBeApproved($"list-{width?.ToString() ?? "pipe"}");
    }

    [Fact]
    public void A_pipe_gets_one_line_a_check_and_nothing_else()
    {
        using var scene = new Scene(width: null);
        Listings.Checks(scene.Screen, Scene.Roll);
        scene.Console.Lines.Select(line => line.Split(' ')[0]).ShouldBe(Scene.Roll.Select(check => check.Id));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(120)]
    public void A_check_is_explained(int width)
    {
        using var scene = new Scene(width);
        Listings.Explain(scene.Screen, Scene.Roll[3], [("reads", "The row of the table schema_version with partition 0."), ("why", "A server refuses to start on a schema older than it needs.")]);
        scene.Text.ShouldBeApproved($"explain-{width}");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(120)]
    public void The_doctor_says_what_was_found_and_what_is_missing(int width)
    {
        using var scene = new Scene(width);
        Listings.Doctor(
            scene.Screen,
            [
                new DoctorRow("PostgreSQL binaries", true, "/usr/lib/postgresql/15/bin, version 15.14", "a disposable server for the demonstration, for rehearsals and for the tests"),
                new DoctorRow("temporal CLI", false, "the setting temporal.cli, TEMPORAL_CLI, PATH", "a development server that answers Smoke", "Put the temporal executable on PATH."),
                new DoctorRow("Docker", null, "the daemon did not answer within 2 s", "PostgreSQL in a container where there are no binaries"),
            ]);
        scene.Text.ShouldBeApproved($"doctor-{width}");
    }

    [Theory]
    [InlineData(60)]
    [InlineData(120)]
    public void Problems_with_the_settings_are_told_all_at_once(int width)
    {
        using var scene = new Scene(width);
        Listings.Problems(
            scene.Screen,
            "The settings have 2 problems.",
            [
                new Problem("target is not a release.", "major.minor.patch, such as 1.29.1", "latest", "conformance.json:3:13", "Name the release that you upgrade to."),
                new Problem("stores.main.conection is not a setting.", "a key of conformance.json", "stores.main.conection = ***", "environment TEMPORAL_CONFORMANCE__STORES__MAIN__CONECTION", "Did you mean stores.main.connection?"),
            ],
            64);
        scene.Text.ShouldBeApproved($"problems-{width}");
    }

    [Fact]
    public void An_internal_error_decides_nothing_and_names_no_secret()
    {
        using var scene = new Scene(width: null);
        var error = Should.Throw<InvalidOperationException>(void () => throw new InvalidOperationException("no row for hunter2"));
        Listings.InternalError(scene.Screen, "reading the main store", error, text => text.Replace("hunter2", "***"));
        scene.Text.ShouldContain("InvalidOperationException while reading the main store.");
        scene.Text.ShouldContain("no row for ***");
        scene.Text.ShouldContain("treat it as UNDECIDED");
        scene.Text.ShouldContain("ListingsTests");
        scene.Text.ShouldContain("exit code 70");
        scene.Text.ShouldNotContain("hunter2");
    }
}
