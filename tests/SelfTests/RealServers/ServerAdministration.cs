using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>What an administrator does on a server's machine, done through its superuser.</summary>
internal static class ServerAdministration
{
    /// <summary>Writes a text file into the server's data folder; nobody but the server's user can read it.</summary>
    /// <param name="superuser">A connection as superuser.</param>
    /// <param name="file">The file's name, of letters, digits, dots and underscores.</param>
    /// <param name="text">Its lines, without backslashes and tabs.</param>
    public static Task WriteFileAsync(ConnectionText superuser, string file, string text) => Sql.RunAsync(
        superuser,
        $"COPY (SELECT unnest(string_to_array($text${text.Trim()}$text$, E'\\n'))) TO PROGRAM 'umask 077; cat >{file}.new && mv {file}.new {file}'");

    /// <summary>
    /// Lets the server read its files again, with these settings changed, and waits until new connections see it.
    /// </summary>
    public static async Task ReloadAsync(ConnectionText superuser, params (string Name, string Value)[] settings)
    {
        foreach (var (name, value) in settings)
        {
            await Sql.RunAsync(superuser, $"ALTER SYSTEM SET {name} = '{value}'");
        }

        var before = await Sql.AskAsync<DateTime>(superuser, "SELECT pg_conf_load_time() FROM (SELECT pg_reload_conf()) reloaded");
        while (await Sql.AskAsync<DateTime>(superuser, "SELECT pg_conf_load_time()") == before)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Replaces <c>pg_hba.conf</c>. The superuser's own way in, by password from this machine, stays in front.
    /// </summary>
    public static async Task AdmitAsync(ConnectionText superuser, params string[] rules)
    {
        string[] lines = [$"host all {superuser.Username} 127.0.0.1/32 scram-sha-256", .. rules];
        await WriteFileAsync(superuser, "pg_hba.conf", string.Join('\n', lines));
        await ReloadAsync(superuser);
    }

    /// <summary>Makes a role that may log in and read everything; its password is its name and <c>-pw</c>.</summary>
    /// <returns>The database with this role instead of the superuser.</returns>
    public static async Task<ConnectionText> ReaderAsync(ConnectionText superuser, string role, string options = "")
    {
        await Sql.RunAsync(superuser, $"CREATE ROLE {role} LOGIN PASSWORD '{role}-pw' {options}; GRANT pg_read_all_data TO {role}");
        return superuser.With(to => (to.Username, to.Password) = (role, $"{role}-pw"));
    }
}
