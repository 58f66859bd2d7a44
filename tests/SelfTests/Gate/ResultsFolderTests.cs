using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

public sealed class ResultsFolderTests : IDisposable
{
    private static readonly Verdict Good = Judge.Worst([Sample.Judged(Sample.Evidence(Sample.Trx()))], Sample.Identity);

    private static readonly Verdict Open = Verdict.Unfinished(Sample.Identity);

    private readonly string _folder = Directory.CreateTempSubdirectory("gate-").FullName;

    private string VerdictFile => Path.Combine(_folder, "verdict.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_first_act_leaves_UNDECIDED_and_nothing_else_of_ours()
    {
        ResultsFolder.Finish(_folder, Good);
        ResultsFolder.WritePhase(_folder, Phases.PreUpgrade, Good);
        string[] ours = ["PreUpgrade.trx", "PreUpgrade.run.json", "PreUpgrade.events.jsonl", "Smoke.trx", "Smoke.run.json.tmp", "verdict.json.tmp"];
        string[] theirs = ["Other.trx", "PreUpgrade.notes.txt", "Smoke.csproj", "notes.md", "baseline.json"];
        foreach (var name in ours.Concat(theirs))
        {
            File.WriteAllText(Path.Combine(_folder, name), "");
        }

        ResultsFolder.Begin(_folder, Open);
        Names().ShouldBe([.. theirs.Append("verdict.json").Order(StringComparer.Ordinal)]);
        File.ReadAllText(VerdictFile).ShouldBe(Open.ToJson());
    }

    [Fact]
    public void The_last_act_leaves_the_verdict_in_three_forms()
    {
        ResultsFolder.Begin(_folder, Open);
        ResultsFolder.Finish(_folder, Good);
        Names().ShouldBe(["verdict.json", "verdict.junit.xml", "verdict.md"]);
        File.ReadAllText(VerdictFile).ShouldBe(Good.ToJson());
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_made()
    {
        var inner = Path.Combine(_folder, "a", "b");
        ResultsFolder.Begin(inner, Open);
        File.Exists(Path.Combine(inner, "verdict.json")).ShouldBeTrue();
    }

    [Fact]
    public void A_file_and_the_root_are_refused()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "kept");
        Should.Throw<ResultsFolderException>(() => ResultsFolder.Begin(file, Open)).Message
            .ShouldBe($"The results cannot go to {file}: wanted a folder; observed a file. Name a folder with --results.");
        File.ReadAllText(file).ShouldBe("kept");

        var root = Path.GetPathRoot(_folder)!;
        Should.Throw<ResultsFolderException>(() => ResultsFolder.Begin(root, Open)).Message
            .ShouldBe($"The results cannot go to {root}: wanted a folder; observed the root of a file system. Name a folder with --results.");
    }

    [Fact]
    public void A_folder_in_the_place_of_the_verdict_is_said()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "verdict.json", "inner"));
        Should.Throw<ResultsFolderException>(() => ResultsFolder.Begin(_folder, Open)).Message.ShouldStartWith($"The results cannot go to {_folder}: wanted a folder that this user can write to; observed: ");
    }

    [Fact]
    public void Killed_at_any_moment_it_leaves_no_GO()
    {
        // The old verdict is a GO. From the first operation that has happened to the last rename, none may be there.
        var operations = 0;
        for (var k = 1; ; k++)
        {
            ResultsFolder.Finish(_folder, Good);
            ResultsFolder.WritePhase(_folder, Phases.PreUpgrade, Good);
            var disk = new KilledDisk(killAt: k);
            try
            {
                ResultsFolder.Begin(_folder, Open, disk);
                ResultsFolder.Finish(_folder, Good, disk);
                operations = k - 1;
                break;
            }
            catch (KilledException)
            {
                // Making the folder, and then the removal of the old verdict, are the first two.
                if (k > 2)
                {
                    (File.Exists(VerdictFile) && File.ReadAllText(VerdictFile).Contains("\"GO\"", StringComparison.Ordinal)).ShouldBeFalse($"killed at operation {k}, {disk.Last}");
                }
            }
        }

        operations.ShouldBeGreaterThan(10);
        File.ReadAllText(VerdictFile).ShouldBe(Good.ToJson());
    }

    [Fact]
    public void A_disk_that_fills_up_leaves_UNDECIDED()
    {
        ResultsFolder.Begin(_folder, Open);
        Should.Throw<ResultsFolderException>(() => ResultsFolder.Finish(_folder, Good, new FullDisk())).Message.ShouldContain("observed: No space left on device. Name another folder with --results.");
        File.ReadAllText(VerdictFile).ShouldBe(Open.ToJson());
    }

    [Fact]
    public void What_a_folder_holds_of_a_phase_is_read_and_judged()
    {
        File.WriteAllText(Path.Combine(_folder, "PreUpgrade.trx"), Sample.Trx());
        File.WriteAllText(Path.Combine(_folder, "PreUpgrade.run.json"), Sample.Run().ToJson());
        File.WriteAllText(Path.Combine(_folder, "Other.trx"), "not ours");
        Sample.Judged(PhaseEvidence.FromFolder(_folder, Phases.PreUpgrade)).Decision.ShouldBe(Decision.Go);

        var smoke = PhaseEvidence.FromFolder(_folder, Phases.Smoke);
        (smoke.Trx, smoke.Run, smoke.Events).ShouldBe((null, null, null));
        Judge.Phase(smoke, Sample.Roll, [], Sample.Expect).Problems[0].Where.ShouldBe(Path.Combine(_folder, "Smoke.trx"));
        PhaseEvidence.FromFolder(Path.Combine(_folder, "nowhere"), Phases.Smoke).Trx.ShouldBeNull();
    }

    [Fact]
    public void Evidence_that_is_there_and_cannot_be_read_is_an_error()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "Smoke.trx"));
        Should.Throw<GateInputException>(() => PhaseEvidence.FromFolder(_folder, Phases.Smoke)).Message.ShouldStartWith(Path.Combine(_folder, "Smoke.trx") + ": wanted a file that can be read; observed ");
    }

    private string[] Names() => [.. Directory.GetFiles(_folder).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    /// <summary>Dies in the middle of its k-th operation: a write is half done, everything else has not happened.</summary>
    private sealed class KilledDisk(int killAt) : Disk
    {
        private int _operations;

        public string Last { get; private set; } = "";

        public override void CreateFolder(string path)
        {
            Next($"create {path}");
            base.CreateFolder(path);
        }

        public override void Delete(string path)
        {
            Next($"delete {path}");
            base.Delete(path);
        }

        public override void Write(string path, string text)
        {
            if (_operations + 1 == killAt)
            {
                File.WriteAllText(path, text[..(text.Length / 2)]);
            }

            Next($"write {path}");
            base.Write(path, text);
        }

        public override void Rename(string from, string to)
        {
            Next($"rename {from}");
            base.Rename(from, to);
        }

        private void Next(string operation)
        {
            Last = operation;
            if (++_operations == killAt)
            {
                throw new KilledException();
            }
        }
    }

    private sealed class FullDisk : Disk
    {
        public override void Write(string path, string text) => throw new IOException("No space left on device");
    }

    private sealed class KilledException : Exception;
}
