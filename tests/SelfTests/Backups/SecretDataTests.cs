using CsCheck;
using TemporalConformance.Checks;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>No contents of a Secret reach a backup, in whatever form its manifest is written.</summary>
public sealed class SecretDataTests
{
    private static readonly long s_times = long.TryParse(Environment.GetEnvironmentVariable("CsCheck_Iter"), out var times) ? times : 2_000;

    private const string Manifest = """
        ---
        # Source: temporal/templates/config.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: config}   # stays, too
        data:
          key: stays
        ---
        # Source: temporal/templates/secret.yaml
        # the password was hush before
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
    public void Secrets_keep_their_keys_and_lose_their_values_and_other_documents_stay_as_they_are()
    {
        var hidden = SecretData.Hide(Manifest, "manifest").Text;

        hidden.ShouldNotContain("aHVzaA==");
        hidden.ShouldNotContain("hush");
        hidden.ShouldStartWith(Manifest[..Manifest.IndexOf("---\n# Source: temporal/templates/secret.yaml", StringComparison.Ordinal)]);
        hidden.ShouldContain("# Source: temporal/templates/secret.yaml");
        hidden.ShouldContain("  password: # not saved in a backup");
        hidden.ShouldContain("type: Opaque");
        KubernetesObject.ReadAll(hidden, "manifest").Select(one => one.Name).ShouldBe(["config", "store", "inline"]);
    }

    [Theory]
    [InlineData("kind after the data", "data:\n  password: hush\nmetadata: {name: a}\nkind: \"Secret\"\n")]
    [InlineData("a comment behind the kind", "kind: 'Secret' # of the store\nmetadata: {name: a}\nstringData:\n    password: >-\n      hush\n      hush\n")]
    [InlineData("flow", "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {password: hush}}")]
    [InlineData("JSON", "{\n\t\"apiVersion\": \"v1\", \"kind\": \"Se\\u0063ret\", \"metadata\": {\"name\": \"a\"}, \"data\": {\"pass\\/word\": \"hush\"}}")]
    [InlineData("a list", "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: a}\n  data:\n    password: hush\n- kind: ConfigMap\n  metadata: {name: b}\n  data: {key: stays}\n")]
    [InlineData("a typed list", "apiVersion: v1\nkind: SecretList\nmetadata: {resourceVersion: '1'}\nitems:\n- metadata: {name: a}\n  data: {password: hush}\n")]
    [InlineData("an anchor and its alias", "kind: List\nitems:\n- kind: Secret\n  metadata: {name: a}\n  data: &data\n    password: hush\n- kind: ConfigMap\n  metadata: {name: b}\n  data: *data\n")]
    [InlineData("a merged kind", "kind: List\nitems:\n- &base {kind: Secret, metadata: {name: a}}\n- <<: *base\n  stringData: {password: hush}\n")]
    [InlineData("applied by kubectl", "kind: Secret\nmetadata:\n  name: a\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {\"kind\":\"Secret\",\"data\":{\"password\":\"hush\"}}\n")]
    [InlineData("noted in another annotation", "kind: Secret\nmetadata:\n  name: a\n  annotations: {note: was hush before}\ndata: {password: aHVzaA==}\n")]
    [InlineData("a list of data", "kind: Secret\nmetadata: {name: a}\ndata: [hush, {password: hush}]\n")]
    [InlineData("another member", "kind: Secret\nmetadata: {name: a}\nspec: {password: hush}\n")]
    [InlineData("of binary", "kind: !!binary U2VjcmV0\nmetadata: {name: a}\ndata: {password: hush}\n")]
    [InlineData("two documents without a line between", "kind: ConfigMap\nmetadata: {name: b}\n...\nkind: Secret\nmetadata: {name: a}\ndata: {password: hush}\n")]
    [InlineData("objects among values", "web:\n  extraObjects:\n  - kind: Secret\n    metadata: {name: a}\n    stringData: {password: hush}\n")]
    [InlineData("text among values", "extraObjects:\n- |\n  kind: Secret\n  metadata: {name: a}\n  stringData: {password: hush}\n")]
    [InlineData("text that is a template", "extraObjects:\n- |\n  {{- if .Values.on }}\n  kind: Secret\n  metadata: {name: a}\n  stringData: {password: hush}\n  {{- end }}\n")]
    [InlineData("lines of Windows", "---\r\nkind: Secret\r\nmetadata:\r\n  name: a\r\ndata:\r\n  password: |\r\n    hush\r\n")]
    [InlineData("no YAML", "kind: Secret\nmetadata: {name: a}\ndata:\n  password: hush\n bad\n")]
    [InlineData("two texts of JSON", "{\"kind\":\"ConfigMap\"}\n{\"kind\":\"Secret\",\"metadata\":{},\"data\":{\"password\":\"hush\"}}")]
    public void Whatever_the_form_no_value_is_left(string form, string text)
    {
        SecretData.Hide(text, "manifest").Text.ShouldNotContain("hush", customMessage: form);
        SecretData.Hide(text, "notes.txt", isManifest: false).Text.ShouldNotContain("hush", customMessage: form);
    }

    [Theory]
    [InlineData("kind: Deployment\nspec:\n  env:\n  - name: A\n    valueFrom: {secretKeyRef: {name: store, key: password}}\n")]
    [InlineData("valuesFrom:\n- kind: Secret\n  name: store\n  valuesKey: values.yaml\n")]
    [InlineData("ownerReferences:\n- apiVersion: v1\n  kind: Secret\n  name: store\n")]
    [InlineData("kind: SecretStore\nmetadata: {name: a}\ndata: {stays: too}\n")]
    [InlineData("script: |\n  # reads the Secret of the store\n  kubectl get secret \"$1\" -o json | jq '.data'\n")]
    [InlineData("{{- if .Values.existingSecret }}\nkind: Deployment\n{{- end }}\n")]
    public void What_only_names_a_Secret_stays_as_it_is(string text)
    {
        var hidden = SecretData.Hide(text, "manifest");

        hidden.Text.ShouldBe(text);
        hidden.LeftOut.ShouldBeEmpty();
    }

    [Fact]
    public void A_document_that_cannot_be_read_is_left_out_with_its_place_and_the_others_stay()
    {
        const string Text = "kind: ConfigMap\nmetadata: {name: a}\n---\nkind: Secret\ndata:\n  password: hush\n bad: [\n---\nkind: Service\nmetadata: {name: b}\n";

        var hidden = SecretData.Hide(Text, "rendered.yaml");

        hidden.LeftOut.ShouldHaveSingleItem().ShouldStartWith("rendered.yaml:7 is not saved: it may hold a Secret and cannot be read to take its contents out");
        hidden.Text.ShouldBe("kind: ConfigMap\nmetadata: {name: a}\n---\n# not saved in a backup: it may hold a Secret, and cannot be read\n---\nkind: Service\nmetadata: {name: b}\n");
    }

    [Fact]
    public void What_stands_beside_a_Secret_in_its_document_keeps_its_meaning()
    {
        const string Others = "- {kind: ConfigMap, metadata: {name: b}, data: {a: \"tab\\t, \\\"quotes\\\", ä, \\U0001F600\", 'true': 'yes', number: '012', long: !!str 5, empty: {}, none: [], nothing: }}\n"
            + "- {replicas: 012, on: yes, share: 0.5, at: 2026-11-30, text: '# no comment', 'a b: c': ~}\n";

        var hidden = SecretData.Hide($"kind: List\nitems:\n- {{kind: Secret, metadata: {{name: a}}, data: {{p: hush}}}}\n{Others}", "list");

        var items = YamlReader.Read(hidden.Text, YamlDialect.Helm, "list").Find("items")!.Items;
        var wanted = YamlReader.Read(Others, YamlDialect.Helm, "others").Items;
        items.Count.ShouldBe(3);
        items[1].Means(wanted[0]).ShouldBeTrue(hidden.Text);
        items[2].Means(wanted[1]).ShouldBeTrue(hidden.Text);
        hidden.Text.ShouldNotContain("hush");
    }

    [Fact]
    public void No_value_of_a_Secret_is_left_of_manifests_at_random() => Gen.Int[0, int.MaxValue].Sample(
        seed =>
        {
            var made = new ManifestAtRandom(new Random(seed));

            var hidden = SecretData.Hide(made.Text, "manifest");

            hidden.LeftOut.ShouldBeEmpty(made.Text);
            made.SecretValues.Where(value => hidden.Text.Contains(value, StringComparison.Ordinal)).ShouldBeEmpty(made.Text);
            made.OpenValues.Where(value => !hidden.Text.Contains(value, StringComparison.Ordinal)).ShouldBeEmpty(made.Text);
            KubernetesObject.ReadAll(hidden.Text, "hidden").Count.ShouldBe(made.Objects, hidden.Text);
        },
        iter: s_times);

    [Fact]
    public void No_value_of_a_Secret_is_left_of_manifests_whose_end_is_broken() => Gen.Int[0, int.MaxValue].Sample(
        seed =>
        {
            var made = new ManifestAtRandom(new Random(seed));

            var hidden = SecretData.Hide(made.Text + "\t}: [\n", "manifest");

            made.SecretValues.Where(value => hidden.Text.Contains(value, StringComparison.Ordinal)).ShouldBeEmpty(made.Text);
        },
        iter: s_times);
}
