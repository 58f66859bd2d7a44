using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary><c>temporal.metadata</c>: a map whose values nobody but the frontends gets to see.</summary>
public sealed class MetadataSettingsTests
{
    private const string Value = "hunter2-hunter2-hunter2";
    private const string Address = "temporal.address=h:1";

    [Fact]
    public void Values_are_secrets_and_shown_nowhere()
    {
        Settings settings = SettingsSource.Read($$"""{ "temporal": { "address": "h:1", "metadata": { "x-route": "{{Value}}" } } }""");

        settings.Temporal.Metadata["x-route"].Reveal().ShouldBe(Value);
        settings.Secrets.ShouldBe([new Secret(Value)]);
        settings.Scrubber.Scrub($"x-route: {Value}").ShouldBe("x-route: ***");
        $"{settings.Temporal} {string.Join(' ', settings.Temporal.Metadata)}".ShouldNotContain(Value);
    }

    [Fact]
    public void The_digest_goes_by_the_names_alone()
    {
        string digest = Digest($"temporal.metadata.x-route={Value}");

        Digest("temporal.metadata.x-route=another-value").ShouldBe(digest);
        Digest($"temporal.metadata.x-path={Value}").ShouldNotBe(digest);
        Digest().ShouldNotBe(digest);

        static string Digest(params string[] sets) => SettingsSource.Set([Address, .. sets]).Digest;
    }

    [Theory]
    [InlineData("X-Route", Value)]
    [InlineData("x route", Value)]
    [InlineData("grpc-timeout", Value)]
    [InlineData("x-trace-bin", Value)]
    [InlineData("x-route", Value + "é")]
    public void What_gRPC_does_not_carry_is_refused_without_its_value(string name, string value)
    {
        string problem = SettingsSource.Problem("{}", [Address, $"temporal.metadata.{name}={value}"]);

        problem.ShouldStartWith($"temporal.metadata.{name}\n  wanted:   a name of small letters");
        problem.ShouldContain("observed: ***");
        problem.ShouldNotContain(Value);
    }

    [Fact]
    public void An_API_key_and_a_token_of_the_metadata_are_one_too_many() => SettingsSource.Problem("{}", [Address, "temporal.apiKey=key-key-key", $"temporal.metadata.authorization={Value}"]).ShouldBe("""
        temporal.metadata.authorization
          wanted:   no authorization, since temporal.apiKey is given (--set)
          observed: ***
          where:    --set
          do:       Remove one of the two.
        """);

    [Fact]
    public void Other_problems_do_not_quote_it() =>
        SettingsSource.Problems("{}", [$"temporal.metadata.x-route={Value}", $"target={Value}"]).ShouldAllBe(problem => !problem.ToString().Contains(Value));

    [Fact]
    public void The_environment_sets_it() =>
        SettingsSource.Read("{}", [Address], [$"TEMPORAL_CONFORMANCE__TEMPORAL__METADATA__X_ROUTE={Value}"]).Temporal.Metadata.Keys.ShouldBe(["x-route"]);
}
