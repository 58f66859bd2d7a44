namespace TemporalConformance.Gate;

/// <summary>A verdict in the forms that people and pipelines read.</summary>
public static class Reports
{
    /// <summary><c>verdict.md</c>, for a pull request or a ticket: the verdict first, what was not proven and the identity last.</summary>
    public static string Markdown(Verdict verdict) => new MarkdownReport(verdict).ToString();

    /// <summary><c>verdict.junit.xml</c>: a suite per phase, a test case per check, and the verdict itself as the first case.</summary>
    public static string JUnit(Verdict verdict) => JUnitReport.Write(verdict);
}
