using TemporalConformance.Checks;

[assembly: Phase(UpgradePhase.PreUpgrade)]
[assembly: AssemblyFixture(typeof(UpgradeUnderTest))]
