using System.Globalization;
using System.Text;
using System.Xml;

namespace TemporalConformance.Gate;

/// <summary>
/// Writes <c>verdict.junit.xml</c> in the dialect that Jenkins, GitLab and GitHub's reporters agree on:
/// <c>testsuites/testsuite/testcase</c> with <c>failure</c> (violated), <c>error</c> (could not tell) or <c>skipped</c>.
/// </summary>
/// <remarks>
/// A consumer calls a run green when nothing in it failed. So an advisory is <c>skipped</c>, or it would redden a GO, and
/// the verdict is a case of its own, or evidence that cannot be believed would leave a green file.
/// </remarks>
internal static class JUnitReport
{
    public static string Write(Verdict verdict)
    {
        var suites = verdict.Phases.Select(phase => (Name: phase.Phase, phase.Run, Cases: phase.Checks.Select(Case).ToList()))
            .Prepend((Name: "Verdict", Run: null, Cases: [Overall(verdict)]))
            .ToList();
        using var text = new MemoryStream();
        var settings = new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" };
        using (var xml = XmlWriter.Create(text, settings))
        {
            xml.WriteStartElement("testsuites");
            Totals(xml, "TemporalConformance", [.. suites.SelectMany(suite => suite.Cases)]);
            foreach (var (name, run, cases) in suites)
            {
                xml.WriteStartElement("testsuite");
                Totals(xml, name, cases);
                xml.WriteAttributeString("timestamp", (run?.Started ?? verdict.Identity.Judged).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss"));
                cases.ForEach(one => Write(xml, one));
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        return Encoding.UTF8.GetString(text.ToArray()) + "\n";
    }

    private static TestCase Case(CheckVerdict check)
    {
        var subject = CheckEntry.SubjectOf(check.Id);
        var element = (check.Result, check.Severity) switch
        {
            (Result.Met, _) => null,
            (Result.Violated, Severity.Blocker) => "failure",
            (Result.Unanswered, Severity.Blocker) => "error",
            _ => "skipped",
        };
        var body = string.Join('\n', new (string Name, string? Value)[]
        {
            ("wanted", check.Wanted),
            ("observed", check.Observed),
            ("where", check.Where),
            ("do", check.Remedy),
            ("because of", check.Cause),
            ("more", check.Link),
            ("waived", check.Waiver is { } waiver ? $"{waiver.Covers}, by {waiver.Owner} until {waiver.Until:yyyy-MM-dd}: {waiver.Reason}" : null),
        }.Where(field => field.Value is not null).Select(field => $"{field.Name}: {field.Value}"));
        var kind = check.Severity == Severity.Advisory && check.Result is Result.Violated or Result.Unanswered ? "advisory, " : "";
        return new($"{check.Phase}.{subject}", check.Id, check.Seconds ?? 0, element, $"[{kind}{check.Result.Text()}] {check.Message}", body);
    }

    private static TestCase Overall(Verdict verdict) => new(
        "TemporalConformance",
        "verdict",
        0,
        verdict.Decision switch
        {
            Decision.Go => null,
            Decision.NoGo => "failure",
            _ => "error",
        },
        $"{verdict.Headline}: {verdict.Reason}",
        string.Join('\n', verdict.Problems.Select(problem => $"{problem.Sentence} wanted: {problem.Wanted}; observed: {problem.Observed}; where: {problem.Where}; do: {problem.Remedy}")));

    private static void Totals(XmlWriter xml, string name, List<TestCase> cases)
    {
        xml.WriteAttributeString("name", name);
        xml.WriteAttributeString("tests", $"{cases.Count}");
        xml.WriteAttributeString("failures", $"{cases.Count(one => one.Element == "failure")}");
        xml.WriteAttributeString("errors", $"{cases.Count(one => one.Element == "error")}");
        xml.WriteAttributeString("skipped", $"{cases.Count(one => one.Element == "skipped")}");
        xml.WriteAttributeString("time", Seconds(cases.Sum(one => one.Seconds)));
    }

    private static void Write(XmlWriter xml, TestCase one)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", one.ClassName);
        xml.WriteAttributeString("name", one.Name);
        xml.WriteAttributeString("time", Seconds(one.Seconds));
        if (one.Element is not null)
        {
            xml.WriteStartElement(one.Element);
            xml.WriteAttributeString("message", Clean(one.Message));
            if (one.Element != "skipped")
            {
                xml.WriteAttributeString("type", one.Element == "failure" ? "violated" : "unanswered");
            }

            xml.WriteString(Clean(one.Body));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static string Seconds(double seconds) => seconds.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>XML 1.0 has no form at all for most control characters and for half a surrogate pair.</summary>
    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? "\uFFFD" : rune.ToString());
        }

        return clean.ToString();
    }

    private sealed record TestCase(string ClassName, string Name, double Seconds, string? Element, string Message, string Body);
}
