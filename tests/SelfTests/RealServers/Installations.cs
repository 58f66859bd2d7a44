using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>The PostgreSQL installations that tests start servers from; a test is skipped, with the reason, where its one is missing.</summary>
internal static class Installations
{
    /// <summary>The folder that <c>.ci/fetch-postgres-majors</c> prints: one subfolder a major, with bin, lib and share.</summary>
    private const string MajorsVariable = "TEMPORAL_CONFORMANCE_TEST_MAJORS";

    /// <summary>The folder that <c>.ci/fetch-postgres-clients</c> prints: one subfolder a major, with bin.</summary>
    private const string ClientsVariable = "TEMPORAL_CONFORMANCE_TEST_CLIENTS";

    private static readonly Lazy<PostgresBinaries?> s_local = new(() => PostgresSearch.Find(Settings.Defaults));

    /// <summary>The complete installation of this machine, with pg_restore and pg_basebackup.</summary>
    public static PostgresBinaries Local()
    {
        Assert.SkipUnless(s_local.Value is not null, "No PostgreSQL on this machine.");
        return s_local.Value!;
    }

    /// <summary>
    /// A server of a given major: this machine's own, or one of the embedded ones, which have no client programs, so that
    /// this machine's pg_restore fills them.
    /// </summary>
    public static PostgresBinaries Major(int major)
    {
        var local = Local();
        if (local.Major == major)
        {
            return local;
        }

        var bin = Fetched(MajorsVariable, ".ci/fetch-postgres-majors", $"PostgreSQL {major}", major, "initdb");
        return new PostgresBinaries(bin, major, MajorsVariable) { Restore = local.Restore, Psql = local.Psql };
    }

    /// <summary>The folder with the client programs of a given major: this machine's own, or Debian's of another release.</summary>
    public static string Clients(int major)
    {
        var local = Local();
        if (local.Major == major)
        {
            return local.Folder;
        }

        return Fetched(ClientsVariable, ".ci/fetch-postgres-clients", $"client programs of PostgreSQL {major}", major, "pg_dump");
    }

    /// <summary>The folder with the programs of a major below the one that a variable names.</summary>
    private static string Fetched(string variable, string script, string what, int major, string program)
    {
        var folder = Environment.GetEnvironmentVariable(variable);
        Assert.SkipUnless(folder is { Length: > 0 }, $"No {what}: {variable} is not set. It names the folder that {script} prints.");
        var bin = Path.Combine(folder!, $"{major}", "bin");
        Assert.SkipUnless(File.Exists(Path.Combine(bin, program)), $"No {what}: {variable} has no {major}/bin/{program}.");
        return bin;
    }
}
