using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.Cli;

/// <summary>Says what this machine has, and what each missing part would add.</summary>
internal static class DoctorCommand
{
    /// <summary>Looks around and prints what was found; exit code 0, whatever it was.</summary>
    public static async Task<int> RunAsync(CommonValues options, CancellationToken token)
    {
        var settings = RunSettings.Read(options.Config, options.Sets);
        var postgres = PostgresSearch.Find(settings);
        var steps = PostgresSearch.Steps(settings);
        var docker = await DockerSearch.LookAsync(token);
        var cli = DevServer.Find(settings);
        Listings.Doctor(Screen.Output(),
        [
            new DoctorRow(
                "settings",
                true,
                File.Exists(options.Config ?? SettingsReader.FileName) ? options.Config ?? SettingsReader.FileName : $"no {SettingsReader.FileName} here: defaults",
                settings.IsDemonstration ? "no system is named: everything runs on the demonstration" : $"names {string.Join(", ", settings.External)}"),
            new DoctorRow(
                "PostgreSQL binaries",
                postgres is not null,
                postgres is null ? string.Join("; ", steps.Select(step => $"{step.Place}: {step.Outcome}")) : $"{postgres.Folder} (PostgreSQL {postgres.Major}, {postgres.Source})",
                "disposable databases: the rehearsal, the demonstration, the self-tests",
                postgres is null ? "Install the package postgresql; run.sh does so by itself as root on Debian and Ubuntu." : null),
            new DoctorRow(
                "Docker",
                docker.Found,
                docker.Where,
                "the same without PostgreSQL on the machine",
                docker.Found == true ? null : "Only needed where PostgreSQL cannot be installed."),
            new DoctorRow(
                "temporal CLI",
                cli is not null,
                cli is null ? "neither temporal.cli nor TEMPORAL_CLI nor PATH leads to one" : $"{cli.Path} ({cli.Version}; {cli.Source})",
                "a dev server: Smoke in rehearsal and demonstration",
                cli is null ? "Install the temporal CLI, or name it in temporal.cli." : null),
        ]);
        return 0;
    }
}
