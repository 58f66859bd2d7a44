namespace TemporalConformance.SelfTests;

/// <summary>Settings that need each other, or contradict each other.</summary>
public sealed class SettingsRulesTests
{
    private const string Main = "stores.main.connection=Host=h;Database=d;Username=u;Password=hunter2-hunter2";
    private const string Visibility = "stores.visibility.connection=Host=h;Database=v;Username=u;Password=hunter2-hunter2";

    [Fact]
    public void The_main_store_without_visibility() => SettingsSource.Problem("{}", [Main]).ShouldBe("""
        stores.visibility.connection
          wanted:   a connection, since stores.main.connection is given and stores.visibility.kind is postgresql
          observed: not set
          where:    --set
          do:       Set stores.visibility.connection, or stores.visibility.kind to elasticsearch or none.
        """);

    [Fact]
    public void Visibility_without_the_main_store() => SettingsSource.Problem("{}", [Visibility]).ShouldBe("""
        stores.main.connection
          wanted:   a connection, since stores.visibility.connection is given
          observed: not set
          where:    --set
          do:       Set stores.main.connection.
        """);

    [Fact]
    public void A_visibility_connection_that_the_kind_denies() => SettingsSource.Problem("""{ "stores": { "visibility": { "kind": "none" } } }""", [Main, Visibility]).ShouldBe("""
        stores.visibility.connection
          wanted:   no connection, since stores.visibility.kind is none (conformance.json:1:39)
          observed: u@h:5432/v
          where:    --set
          do:       Remove the connection, or set stores.visibility.kind to postgresql.
        """);

    [Fact]
    public void A_query_for_free_space_without_a_Prometheus_to_ask() => SettingsSource.Problem("{}", [Main, Visibility, "stores.main.freeSpaceQuery=vector(1)"]).ShouldBe("""
        prometheus.url
          wanted:   the Prometheus that stores.main.freeSpaceQuery is asked of
          observed: not set
          where:    --set
          do:       Set prometheus.url, or remove stores.main.freeSpaceQuery.
        """);

    [Fact]
    public void A_broken_main_connection_is_not_called_missing() =>
        SettingsSource.Problems("{}", ["stores.main.connection=Host=h", Visibility]).ShouldHaveSingleItem().Key.ShouldBe("stores.main.connection");

    [Theory]
    [InlineData("certificate", "key")]
    [InlineData("key", "certificate")]
    public void Half_of_a_client_certificate(string given, string missing) => SettingsSource.Problem("{}", ["temporal.address=h:1", $"temporal.tls.{given}=/file"]).ShouldBe($"""
        temporal.tls.{missing}
          wanted:   a file, since temporal.tls.{given} is given
          observed: not set
          where:    --set
          do:       Set temporal.tls.{missing}, or remove temporal.tls.{given}.
        """);

    [Fact]
    public void TLS_that_is_off_and_has_files() =>
        SettingsSource.Problem("""{ "temporal": { "address": "h:1", "tls": { "mode": "off", "ca": "/ca", "serverName": "n" } } }""").ShouldBe("""
            temporal.tls.mode
              wanted:   auto or on, since temporal.tls.ca, temporal.tls.serverName are given
              observed: off
              where:    conformance.json:1:52
              do:       Remove temporal.tls.mode, or what is for TLS alone.
            """);

    [Fact]
    public void A_key_without_an_address() => SettingsSource.Problem("{}", ["temporal.apiKey=hunter2-hunter2"]).ShouldBe("""
        temporal.address
          wanted:   an address, since temporal.apiKey is given
          observed: not set
          where:    --set
          do:       Set temporal.address, or temporal.provider to none.
        """);

    [Fact]
    public void An_external_cluster_without_an_address() => SettingsSource.Problem("{}", ["temporal.provider=external"]).ShouldBe("""
        temporal.address
          wanted:   an address, since temporal.provider is external
          observed: not set
          where:    --set
          do:       Set temporal.address.
        """);

    [Theory]
    [InlineData("temporal.provider", "dev-server")]
    [InlineData("temporal.provider", "stand-in")]
    [InlineData("kubernetes.provider", "stand-in")]
    public void Nothing_made_up_stands_beside_a_real_system(string key, string provider) => SettingsSource.Problem("{}", [Main, Visibility, $"{key}={provider}"]).ShouldBe($"""
        {key}
          wanted:   no stand-in and no dev server, since stores.main.connection, stores.visibility.connection name real systems
          observed: {provider}
          where:    --set
          do:       Set {key} to auto or none.
        """);

    [Fact]
    public void Something_wanted_and_left_out() => SettingsSource.Problem("{}", ["scope.only=path,schema", "scope.skip=schema"]).ShouldBe("""
        scope.skip
          wanted:   nothing that scope.only names
          observed: schema
          where:    --set
          do:       Remove it from one of the two.
        """);

    [Theory]
    [InlineData("temporal.provider=dev-server")]
    [InlineData("temporal.provider=stand-in", "kubernetes.provider=stand-in")]
    [InlineData("temporal.provider=none", "temporal.apiKey=hunter2-hunter2")]
    [InlineData("temporal.provider=none", "temporal.address=h:1", "temporal.tls.ca=/ca")]
    [InlineData(Main, "stores.visibility.kind=elasticsearch")]
    [InlineData(Main, Visibility)]
    public void What_does_go_together(params string[] sets) => SettingsSource.Set(sets).Digest.ShouldStartWith("sha256:");
}
