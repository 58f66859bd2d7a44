using TemporalConformance.Checks;

[assembly: Phase(UpgradePhase.Smoke)]
[assembly: AssemblyFixture(typeof(UpgradeUnderTest))]
