using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

public sealed class ImageUseTests
{
    [Theory]
    [InlineData("rendered-0.72.0.yaml", "1.29.1", "1.29.1-tctl-1.18.4-cli-1.5.0", "2.42.1")]
    [InlineData("rendered-1.6.0.yaml", "1.31.2", null, null)]
    public void A_render_uses_images_in_every_role(string render, string server, string? tools, string? ui)
    {
        var uses = ImageUse.In(FormatFiles.Render(render));

        uses.Where(use => use.Role == ImageRole.Server).Select(use => use.Image.ToString()).Distinct().ShouldBe([$"temporalio/server:{server}"]);
        uses.Count(use => use.Role == ImageRole.Server).ShouldBeGreaterThanOrEqualTo(4);
        uses.Where(use => use.Role == ImageRole.AdminTools).Select(use => use.Image.Tag).Distinct().Count().ShouldBe(1);
        uses.Where(use => use.Role == ImageRole.Ui).ShouldHaveSingleItem();
        if (tools is not null)
        {
            uses.First(use => use.Role == ImageRole.AdminTools).Image.Tag.ShouldBe(tools);
            uses.Single(use => use.Role == ImageRole.Ui).Image.Tag.ShouldBe(ui);
        }

        uses.ShouldAllBe(use => use.Line > 0 && use.IsUpstream);
    }

    [Theory]
    [InlineData("component: history", "name: temporal-history", "registry.example.com/team/our-temporal:7", ImageRole.Server)]
    [InlineData("component: admintools", "name: admin-tools", "registry.example.com/team/tools:7", ImageRole.AdminTools)]
    [InlineData("component: web", "name: temporal-web", "registry.example.com/team/web:7", ImageRole.Ui)]
    [InlineData("component: history", "name: log-shipper", "fluent/fluent-bit:3", null)]
    [InlineData("component: database", "name: setup", "temporalio/auto-setup:1.27.2", ImageRole.Server)]
    public void Images_of_other_names_are_known_by_the_role_of_their_container(string label, string name, string image, ImageRole? role)
    {
        var objects = KubernetesObject.ReadAll($$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: one }
            spec:
              template:
                metadata:
                  labels:
                    app.kubernetes.io/{{label}}
                spec:
                  containers:
                    - {{name}}
                      image: {{image}}
            """, "made up");

        ImageUse.In(objects).Select(use => (ImageRole?)use.Role).ShouldBe(role is null ? [] : [role]);
    }

    [Theory]
    [InlineData("command: [/bin/sh, -c, 'if curl -s x; then exec temporal workflow list | jq .; fi']", "sh curl temporal jq")]
    [InlineData("command: [/bin/sh, -c, 'for one in a b; do tdbg shard $one; done']", "sh tdbg")]
    [InlineData("command: [temporal-sql-tool, update-schema]", "temporal-sql-tool")]
    [InlineData("livenessProbe: { exec: { command: [/usr/bin/nc, -z, localhost, '7233'] } }", "nc")]
    [InlineData("command: [sh, -c]\n    args: ['A=1 tctl cluster health && (nc -z x 1)']", "sh tctl nc")]
    [InlineData("args: [start]", "")]
    public void Programs_are_found_in_commands_scripts_and_probes(string container, string programs) => ImageUse.In(KubernetesObject.ReadAll($"""
        apiVersion: v1
        kind: Pod
        metadata:
          name: one
        spec:
          containers:
          - name: one
            image: temporalio/server:1.29.1
        {string.Join('\n', container.Split('\n').Select((line, at) => at == 0 ? "    " + line : line))}
        """, "made up")).ShouldHaveSingleItem().Commands.ShouldBe(programs.Split(' ', StringSplitOptions.RemoveEmptyEntries), ignoreOrder: true);

    [Fact]
    public void Values_and_chart_name_images_where_there_is_no_render()
    {
        var chart = ReleaseCatalog.Load().FindChart("0.72.0");
        var values = YamlReader.Read("server: {image: {tag: 1.29.7}}\nadmintools: {image: {repository: mirror.example.com/temporalio/admin-tools}}\nweb: {enabled: false}", YamlDialect.Helm, "values.yaml");

        ImageUse.Of(values, chart).Select(use => use.Image.ToString()).ShouldBe(["temporalio/server:1.29.7", "mirror.example.com/temporalio/admin-tools:1.29.1-tctl-1.18.4-cli-1.5.0"]);
        ImageUse.Of(HelmValues.Empty("values"), chart).Select(use => use.Role).ShouldBe([ImageRole.Server, ImageRole.AdminTools, ImageRole.Ui]);
        ImageUse.Of(HelmValues.Empty("values"), null).ShouldBeEmpty();
        RenderChanges.Images(ImageUse.In(FormatFiles.Render("rendered-0.72.0.yaml")), ImageUse.Of(values, chart)).Select(each => each.ToString()).ShouldBe(
        [
            "image of the servers: temporalio/server:1.29.1 → temporalio/server:1.29.7",
            "image of admin-tools: temporalio/admin-tools:1.29.1-tctl-1.18.4-cli-1.5.0 → mirror.example.com/temporalio/admin-tools:1.29.1-tctl-1.18.4-cli-1.5.0",
        ]);
    }
}
