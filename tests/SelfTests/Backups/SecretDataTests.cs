using TemporalConformance.Checks;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>No contents of a Secret reach a backup, and passwords in values are named by their place.</summary>
public sealed class SecretDataTests
{
    private const string Manifest = """
        ---
        # Source: temporal/templates/config.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: config}
        data:
          key: stays
        ---
        apiVersion: v1
        kind: Secret
        metadata:
          name: store
        data:
          password: "aHVzaA=="
          other: |
            aHVzaA==
        type: Opaque
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: inline}
        stringData: {password: hush}
        """;

    [Fact]
    public void Secrets_keep_their_keys_and_lose_their_values()
    {
        var hidden = SecretData.Hide(Manifest);

        hidden.ShouldNotContain("aHVzaA==");
        hidden.ShouldNotContain("hush");
        hidden.ShouldContain("  key: stays");
        hidden.ShouldContain("  password: # not saved in a backup");
        hidden.ShouldContain("type: Opaque");
        KubernetesObject.ReadAll(hidden, "manifest").Select(one => one.Name).ShouldBe(["config", "store", "inline"]);
    }

    [Theory]
    [InlineData("        password: \"hush\"", true)]
    [InlineData("  \"password\": \"hush\",", true)]
    [InlineData("  - rootPassword: hush", true)]
    [InlineData("  password: \"\"", false)]
    [InlineData("  password: {{ default .Env.POSTGRES_PWD \"\" }}", false)]
    [InlineData("  password: \"{{ .Env.PASSWORD }}\"", false)]
    [InlineData("  existingSecret: store", false)]
    [InlineData("  passwordSecretName: store", false)]
    public void A_password_is_told_from_what_only_names_one(string line, bool expected) =>
        InlinePasswords.In("values.yaml", line).Any().ShouldBe(expected);
}
