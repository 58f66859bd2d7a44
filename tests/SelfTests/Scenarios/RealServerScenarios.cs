namespace TemporalConformance.SelfTests;

/// <summary>The checks that only another server than the ordinary local one can violate.</summary>
public static class RealServerScenarios
{
    /// <summary>Their ids.</summary>
    public static readonly string[] Violated = ["database/supported-major", "database/tested-major"];
}
