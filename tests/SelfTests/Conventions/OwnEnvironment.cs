using System.Runtime.CompilerServices;

namespace TemporalConformance.SelfTests;

/// <summary>
/// Takes Temporal's own configuration out of the environment of the self-tests and of all processes that they start: a TEMPORAL_ADDRESS that
/// somebody has set for the CLI would send tests of the demonstration to a real cluster. The same for that of AWS.
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

        // Nor has anybody's account at AWS anything to do with them, nor what a machine of a cloud would give.
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)))
        {
            Environment.SetEnvironmentVariable(name, null);
        }

        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", "/dev/null");
        Environment.SetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    }
}
