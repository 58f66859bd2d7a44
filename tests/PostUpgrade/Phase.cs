using TemporalConformance.Checks;

[assembly: Phase(UpgradePhase.PostUpgrade)]
[assembly: AssemblyFixture(typeof(UpgradeUnderTest))]
