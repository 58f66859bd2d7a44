using TemporalConformance.Checks;

namespace TemporalConformance.SelfTests;

/// <summary>Passwords in a configuration are named by their place, and what only refers to one is not.</summary>
public sealed class InlinePasswordsTests
{
    [Theory]
    [InlineData("        password: \"hush\"", "values.yaml:1 password")]
    [InlineData("{\n  \"store\": {\n    \"password\": \"hush\" }\n}", "values.yaml:3 store.password")]
    [InlineData("a:\n  - rootPassword: hush", "values.yaml:2 a[0].rootPassword")]
    [InlineData("server: {config: {persistence: {default: {sql: {password: 12345}}}}}", "values.yaml:1 server.config.persistence.default.sql.password")]
    [InlineData("one: 1\n---\ntls:\n  keyData: |\n    ----BEGIN", "values.yaml:4 tls.keyData")]
    [InlineData("env:\n- name: A\n  value: b\n- name: POSTGRES_PWD\n  value: hush", "values.yaml:4 env[1].value (POSTGRES_PWD)")]
    [InlineData("url: postgres://temporal:hush@db:5432/temporal", "values.yaml:1 url")]
    [InlineData("dsn: host=db user=temporal password=hush", "values.yaml:1 dsn")]
    [InlineData("kind: ConfigMap\ndata:\n  config.yaml: |\n    persistence:\n      password: hush", "values.yaml:5 data.config.yaml.persistence.password")]
    [InlineData("kind: ConfigMap\ndata:\n  config.yaml: |\n    {{- if .Env.X }}\n    password: hush\n    {{- end }}", "values.yaml:5 data.config.yaml.password")]
    [InlineData("data:\n  run.sh: |\n    psql postgres://temporal:hush@db/temporal\n    ]", "values.yaml:3 data.run.sh.text")]
    [InlineData("{{- if .Values.on }}\npassword: hush\n{{- end }}", "values.yaml:2 password")]
    [InlineData("a: &a\n  password: hush\nb: *a", "values.yaml:2 a.password", "values.yaml:2 b.password")]
    public void A_password_is_named_by_its_place(string text, params string[] places) => InlinePasswords.In("values.yaml", text).ShouldBe(places);

    [Theory]
    [InlineData("  password: \"\"")]
    [InlineData("  password: {{ default .Env.POSTGRES_PWD \"\" }}")]
    [InlineData("  password: \"{{ .Env.PASSWORD }}\"")]
    [InlineData("  password: ${PASSWORD}")]
    [InlineData("  password:")]
    [InlineData("  requirePassword: true")]
    [InlineData("  existingSecret: store")]
    [InlineData("  passwordSecretName: store")]
    [InlineData("  password: # not saved in a backup")]
    [InlineData("{\"kind\": \"Secret\", \"data\": {\"password\": \"not saved in a backup\"}}")]
    [InlineData("env:\n- name: SQL_PASSWORD\n  valueFrom:\n    secretKeyRef: {name: store, key: password}")]
    [InlineData("env:\n- name: SQL_PASSWORD\n  value: '{{ .Env.X }}'")]
    [InlineData("url: postgres://temporal@db:5432/temporal")]
    [InlineData("url: postgres://temporal:$PASSWORD@db:5432/temporal")]
    [InlineData("dsn: host=db password={{ .Env.X }}")]
    public void What_only_names_one_is_none(string text) => InlinePasswords.In("values.yaml", text).ShouldBeEmpty();
}
