using TemporalConformance.Facts;

namespace TemporalConformance.Cli;

/// <summary>
/// Around a real migration, a part of the world is left out only where the settings file says so: a forgotten address or a flag typed in a
/// hurry must not make a smaller GO.
/// </summary>
internal static class AroundScope
{
    /// <summary>Refuses a scope that nobody has written down.</summary>
    /// <exception cref="UsageException">A system is not connected, or a scope was given outside of the file.</exception>
    public static void Ensure(Settings settings)
    {
        if (settings.IsDemonstration)
        {
            throw new UsageException(new Problem(
                "around changes a real cluster, and the settings name none.",
                Wanted: "stores.main.connection, stores.visibility.connection, temporal.address",
                Observed: "none of them",
                Do: "Name the systems in conformance.json, or try the whole thing on disposable databases with ./run.sh rehearse."));
        }

        foreach (var key in new[] { "scope.only", "scope.skip" })
        {
            var given = key == "scope.only" ? settings.Scope.Only : settings.Scope.Skip;
            if (given.Count > 0 && !IsFromFile(settings.Origin(key)))
            {
                throw new UsageException(new Problem(
                    "around takes a partial scope only where the settings file states it.",
                    Wanted: $"{key} in the settings file",
                    Observed: $"{key}={string.Join(',', given)} ({settings.Origin(key)})",
                    Do: "Write it into conformance.json, where the next reader sees it too."));
            }
        }

        Need(settings.Stores.Main.Connection is not null, "stores.main.connection", "database", "schema");
        Need(settings.Temporal.Address.Count > 0 || settings.Temporal.Provider == "none", "temporal.address", "sdk");

        void Need(bool given, string key, params string[] subjects)
        {
            if (!given && !subjects.All(subject => IsOut(settings, subject)))
            {
                throw new UsageException(new Problem(
                    $"around asks everything that it can, and {key} is not set.",
                    Wanted: key,
                    Observed: "not set",
                    Do: $"Set it; or state in conformance.json that it is to be left out: scope.skip = [{string.Join(", ", subjects.Select(subject => $"\"{subject}\""))}]."));
            }
        }
    }

    private static bool IsOut(Settings settings, string subject) =>
        settings.Scope.Skip.Contains(subject)
        || (settings.Scope.Only.Count > 0 && !settings.Scope.Only.Any(word => word == subject || word.StartsWith(subject + "/", StringComparison.Ordinal)));

    private static bool IsFromFile(string origin) => !origin.StartsWith("--set", StringComparison.Ordinal) && !origin.StartsWith("environment", StringComparison.Ordinal) && origin != "default";
}
