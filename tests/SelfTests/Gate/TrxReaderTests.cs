using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

public sealed class TrxReaderTests
{
    [Fact]
    public void A_file_of_the_real_writer_is_read()
    {
        var trx = TrxReader.Read(RecordedTrx.Mixed, "X.trx");
        trx.Started.ShouldBe(new DateTimeOffset(2026, 11, 25, 3, 38, 47, TimeSpan.Zero).AddTicks(7812474));
        trx.Outcome.ShouldBe("Failed");
        trx.Counters["timeout"].ShouldBe(1);
        trx.RunTexts.Single().ShouldStartWith("Exit code indicates failure: '2'.");
        trx.Rows.Select(row => (row.Definition!.Checks.Single(), row.Outcome)).ShouldBe(
            [("schema/a", "Passed"), ("schema/c", "NotExecuted"), ("schema/b", "Failed"), ("schema/d", "Failed")]);
        trx.Rows[1].Output.ShouldBe("[violated] bad\nwanted: x\nobserved: y");
        trx.Rows[2].Error.ShouldBe("TemporalConformance.Checks.Violated : [violated] bad\nwanted: x\nobserved: y");
        trx.Rows[2].Line.ShouldBe(16);
        trx.Rows[3].Seconds.ShouldBe(0.504);
        trx.Rows[0].Definition!.Assembly.ShouldBe("preupgrade");
    }

    [Fact]
    public void A_crashed_test_host_leaves_a_file_without_results()
    {
        var trx = TrxReader.Read(RecordedTrx.Crashed, "X.trx");
        trx.Rows.ShouldBeEmpty();
        trx.RunTexts.ShouldBe(["Test host process pid: 8081 crashed."]);
    }

    [Theory]
    [InlineData("", "X.trx: wanted a TRX; observed an empty file.")]
    [InlineData(" \n", "X.trx: wanted a TRX; observed an empty file.")]
    [InlineData("nonsense", "X.trx:1:1: wanted a whole, well-formed TRX; observed ")]
    [InlineData("<TestRun>", "X.trx:1:")]
    [InlineData("<TestRun/>", "X.trx:1:2: wanted <TestRun xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\">; observed <TestRun xmlns=\"\">.")]
    [InlineData("<testsuites/>", "X.trx:1:2: wanted <TestRun xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\">; observed <testsuites xmlns=\"\">.")]
    public void What_is_no_TRX_is_refused_with_its_place(string text, string message) =>
        Should.Throw<GateInputException>(() => TrxReader.Read(text, "X.trx")).Message.ShouldStartWith(message);

    [Theory]
    [InlineData("<Times creation", "<Tames creation", "wanted one <Times> in <TestRun>; observed none.")]
    [InlineData("total=\"4\"", "total=\"four\"", "wanted a number as total; observed \"four\".")]
    [InlineData("total=\"4\"", "total=\"-4\"", "wanted a number as total; observed \"-4\".")]
    [InlineData("start=\"2026-11-25T", "start=\"soon", "wanted a time as start; observed ")]
    [InlineData("<Results>", "<Results></Results><Results>", "wanted one <Results> in <TestRun>; observed a second one.")]
    [InlineData("outcome=\"Passed\"", "", "wanted attribute outcome on <UnitTestResult>; observed none.")]
    [InlineData("outcome=\"Passed\"", "outcome=\"Passed\" outcome=\"Failed\"", "wanted a whole, well-formed TRX; observed 'outcome' is a duplicate attribute name")]
    [InlineData("id=\"a23d2623-c5dd-5d55-e3f0-b1ff0672e379\"", "id=\"2fb0a683-f2b8-3ea7-335c-997192e82d6a\"", "wanted one definition of test 2fb0a683-f2b8-3ea7-335c-997192e82d6a; observed a second one that differs.")]
    public void A_damaged_TRX_is_refused_with_what_was_wanted(string old, string @new, string message)
    {
        var at = RecordedTrx.Mixed.IndexOf(old, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0);
        var e = Should.Throw<GateInputException>(() => TrxReader.Read(RecordedTrx.Mixed.Remove(at, old.Length).Insert(at, @new), "X.trx"));
        e.Message.ShouldContain(message);
        e.Line.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_document_type_with_entities_is_refused()
    {
        const string Bomb = """
            <!DOCTYPE TestRun [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>
            <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">&b;&f;</TestRun>
            """;
        Should.Throw<GateInputException>(() => TrxReader.Read(Bomb, "X.trx")).Message.ShouldContain("DTD is prohibited");
    }

    [Fact]
    public void A_file_that_is_too_deep_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000));
        Should.Throw<GateInputException>(() => TrxReader.Read(deep, "X.trx")).Message.ShouldBe(
            "X.trx:1:98: wanted elements at most 32 deep; observed <a> at depth 33.");
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused()
    {
        var large = $"<TestRun xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\"><a>{new string('x', (int)TrxNode.MaxCharacters)}</a></TestRun>";
        Should.Throw<GateInputException>(() => TrxReader.Read(large, "X.trx"));
    }
}
