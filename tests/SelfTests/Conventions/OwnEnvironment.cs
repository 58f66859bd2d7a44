using System.Runtime.CompilerServices;

namespace TemporalConformance.SelfTests;

/// <summary>
/// Takes Temporal's own configuration out of the environment of the self-tests and of all processes that they start: a TEMPORAL_ADDRESS that
/// somebody has set for the CLI would send tests of the demonstration to a real cluster.
/// </summary>
internal static class OwnEnvironment
{
    [ModuleInitializer]
    internal static void Clear()
    {
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>())
        {
            if (name.StartsWith("TEMPORAL_", StringComparison.Ordinal) && name != "TEMPORAL_CLI" && !name.StartsWith("TEMPORAL_CONFORMANCE_", StringComparison.Ordinal))
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }
}
