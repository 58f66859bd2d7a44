using System.Diagnostics;
using TemporalConformance.Environments;
using TemporalConformance.Facts;

namespace TemporalConformance.SelfTests;

/// <summary>A real pgBackRest with a real repository, where the machine has one.</summary>
public sealed class PgBackRestTests
{
    /// <summary>$1 the folder, $2 PostgreSQL's programs. Backs a small cluster up, then damages a second backup of it.</summary>
    private const string Script = """
        set -e
        cd "$1"; mkdir repo log lock
        "$2/initdb" -D data -U postgres -A trust --no-sync --wal-segsize=1 >/dev/null
        cat >pgbackrest.conf <<END
        [global]
        repo1-path=$1/repo
        log-path=$1/log
        lock-path=$1/lock
        start-fast=y
        log-level-console=error
        repo1-retention-full=2
        [temporal]
        pg1-path=$1/data
        pg1-port=54899
        pg1-socket-path=$1
        pg1-user=postgres
        END
        cat >>data/postgresql.conf <<END
        port=54899
        listen_addresses=''
        unix_socket_directories='$1'
        fsync=off
        archive_mode=on
        archive_command='pgbackrest --config=$1/pgbackrest.conf --stanza=temporal archive-push %p'
        wal_level=replica
        END
        "$2/pg_ctl" -D data -l server.log -w start >/dev/null
        trap '"$2/pg_ctl" -D data -m immediate stop >/dev/null' EXIT
        pgbackrest --config="$1/pgbackrest.conf" --stanza=temporal stanza-create
        pgbackrest --config="$1/pgbackrest.conf" --stanza=temporal --type=full backup
        cp -r repo whole
        printf xxxx | dd of="$(ls repo/backup/temporal/*F/pg_data/base/1/*.gz | head -1)" bs=1 seek=30 conv=notrunc 2>/dev/null
        chmod -R a+rX repo whole log lock pgbackrest.conf
        """;

    [Fact]
    public async Task Its_backups_are_read_and_a_damaged_one_is_found_although_its_verify_exits_with_0()
    {
        Assert.SkipWhen(Programs.Find("pgbackrest") is null, "pgbackrest is not on this machine.");
        var token = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("pgbackrest-");
        FakePrograms.SetMode(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        try
        {
            var start = new ProcessStartInfo("/bin/sh", ["-c", Script, "sh", folder.FullName, PostgresSearch.Find(Facts.Settings.Defaults)!.Folder]) { RedirectStandardError = true, UserName = Unprivileged.User() ?? "", WorkingDirectory = "/" };
            using (var made = Process.Start(start)!)
            {
                var said = await made.StandardError.ReadToEndAsync(token);
                await made.WaitForExitAsync(token);
                made.ExitCode.ShouldBe(0, said);
            }

            var damaged = (await AskAsync("repo")).Backups.ShouldHaveSingleItem();
            damaged.SystemIdentifier.ShouldNotBeNull().Length.ShouldBeGreaterThan(15);
            damaged.Databases.ShouldBe(["postgres"]);
            damaged.Error.ShouldBeNull();
            damaged.Verified.ShouldNotBeNull().Ok.ShouldBeFalse();
            damaged.Verified.Said.ShouldNotBeNull().ShouldContain("checksum invalid: 1");

            (await AskAsync("whole")).Backups.ShouldHaveSingleItem().Verified.ShouldNotBeNull().Ok.ShouldBeTrue();
            (await Should.ThrowAsync<BackupFailedException>(AskAsync("whole", "nobodys"))).Message.ShouldContain("missing stanza path");
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Task<Probes.ServerBackups> AskAsync(string repository, string stanza = "temporal")
        {
            var program = Path.Combine(folder.FullName, $"ask-{repository}");
            File.WriteAllText(program, $"#!/bin/sh\nexec pgbackrest --config={folder.FullName}/pgbackrest.conf --repo1-path={folder.FullName}/{repository} \"$@\"\n");
            FakePrograms.SetMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return BackupTools.AskPgBackRestAsync(program, stanza, new SecretScrubber([]), token);
        }
    }
}
