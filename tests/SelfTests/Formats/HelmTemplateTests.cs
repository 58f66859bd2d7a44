using TemporalConformance.Checks;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>A chart at hand is rendered by the <c>helm</c> of the machine; here a script that says what the real one said.</summary>
public sealed class HelmTemplateTests
{
    [Fact]
    public async Task A_chart_at_hand_is_rendered_with_the_values_and_judged()
    {
        using var folder = new ScratchFolder();
        var render = await WriteAsync(folder, "rendered.yaml", FormatFiles.Text("rendered-0.72.0.yaml"));

        var verdict = await AskAsync(folder, $"echo \"$@\" > '{folder.Path}/asked'; cat '{render}'");

        (await File.ReadAllTextAsync(Path.Combine(folder.Path, "asked"), TestContext.Current.CancellationToken)).Trim()
            .ShouldBe($"template temporal {folder.Path}/chart --namespace temporal --is-upgrade --values {folder.Path}/values.yaml");
        verdict.Of("values/render-accepted").Result.ShouldBe(Result.Met, verdict.Said());
        verdict.Of("values/chart-pinned").Result.ShouldBe(Result.Met, verdict.Said());
        verdict.Of("cluster/image-tools").Result.ShouldBe(Result.Met, verdict.Said());
    }

    [Fact]
    public async Task What_helm_refuses_is_red_in_its_own_words()
    {
        using var folder = new ScratchFolder();

        var verdict = await AskAsync(folder, "echo 'Error: execution error: No valid driver is configured' >&2; exit 1");

        verdict.Of("values/render-accepted").Result.ShouldBe(Result.Violated);
        "No valid driver is configured".ShouldBeIn(verdict.Of("values/render-accepted"));
    }

    [Fact]
    public async Task Without_helm_it_is_said_that_nothing_was_rendered()
    {
        using var folder = new ScratchFolder();

        var verdict = await AskAsync(folder, null);

        verdict.Of("values/render-accepted").Result.ShouldBe(Result.NotApplicable);
        verdict.Of("values/render-accepted").Message.ShouldContain("is no program");
        verdict.Of("values/format-matches-chart").Result.ShouldBe(Result.Met, verdict.Said());
    }

    private static async Task<PhaseVerdict> AskAsync(ScratchFolder folder, string? helm)
    {
        var chart = Directory.CreateDirectory(Path.Combine(folder.Path, "chart")).FullName;
        await WriteAsync(folder, "chart/Chart.yaml", "apiVersion: v2\nname: temporal\nversion: 0.72.0\nappVersion: 1.29.1\n");
        var program = Path.Combine(folder.Path, "helm");
        if (helm is not null && !OperatingSystem.IsWindows())
        {
            await WriteAsync(folder, "helm", $"#!/bin/sh\n{helm}\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return await PhaseRun.AskAsync(UpgradePhase.PreUpgrade, Directory.CreateDirectory(Path.Combine(folder.Path, "results")).FullName, new Dictionary<string, string>
        {
            ["scope.only"] = "values,cluster/image-tools",
            ["running"] = "1.27.4",
            ["migration.first"] = "true",
            ["helm.chartPath"] = chart,
            ["helm.program"] = program,
            ["helm.values"] = await WriteAsync(folder, "values.yaml", FormatFiles.Text("values-0.x.yaml")),
        });
    }

    private static async Task<string> WriteAsync(ScratchFolder folder, string name, string text)
    {
        var path = Path.Combine(folder.Path, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}
