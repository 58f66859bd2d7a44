using System.Reflection;
using TemporalConformance.Checks;
using TemporalConformance.Cli;
using TemporalConformance.Gate;

namespace TemporalConformance.SelfTests;

/// <summary>What every check has to be like. The attribute itself validates nothing: xUnit drops a test whose attribute throws.</summary>
public sealed class CheckConventionTests
{
    private static readonly IReadOnlyList<Assembly> Phases =
        [.. Enum.GetNames<UpgradePhase>().Select(phase => Assembly.LoadFrom(Installation.Find().Executable(phase) + ".dll"))];

    public static TheoryData<string> Ids => [.. CheckRoll.Embedded().Checks.Select(check => check.Id)];

    [Fact]
    public void Tests_of_the_phases_are_checks_and_nothing_else()
    {
        var tests = Phases.SelectMany(phase => phase.GetTypes()).SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttributes().Any(attribute => attribute is FactAttribute));

        tests.Where(method => CheckAttribute.Of(method) is null).Select(method => method.Name).ShouldBeEmpty("a test without [Check] would be in no report");
    }

    [Fact]
    public void The_roll_and_all_generated_files_follow_from_the_code()
    {
        var home = Installation.Find().Home;

        foreach (var (file, text) in Generated.All(home, Generated.RollOf(Phases)))
        {
            File.ReadAllText(Path.Combine(home, file)).ShouldBe(text, $"{file}: run ./run.sh generate");
        }
    }

    [Fact]
    public void A_check_of_several_phases_is_the_same_in_each()
    {
        var different = Checks().GroupBy(check => check.Check.Id)
            .Where(same => same.Select(check => (check.Check.Severity, check.Check.Remedy, check.Check.Needs, check.Method.Name)).Distinct().Count() > 1)
            .Select(same => same.Key);

        different.ShouldBeEmpty();
    }

    [Fact]
    public void No_phase_asks_a_check_twice()
    {
        foreach (var phase in Phases)
        {
            Checks().Where(check => check.Method.Module.Assembly == phase).Select(check => check.Check.Id).ShouldBeUnique();
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_check_says_what_it_is(string id)
    {
        var (check, method) = Checks().First(check => check.Check.Id == id);

        id.ShouldMatch("^[a-z]+/[a-z0-9]+(-[a-z0-9]+)*$");
        method.DeclaringType!.Name.ToLowerInvariant().ShouldBe($"{check.Subject}tests", "the subject is the file");
        method.Name.ShouldContain("_", customMessage: "the name is a sentence");
        method.Name.ShouldNotContain("should", Case.Insensitive, "the name is true when the check is green");
        check.Remedy.ShouldEndWith(".", Case.Sensitive, "what to do is a sentence");
        check.Limit.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(15), "limits nest: a check ends before its phase");
    }

    [Fact]
    public void Severity_and_sentence_reach_the_TRX_as_properties()
    {
        var traits = new CheckAttribute("a/b", Severity.Advisory) { Remedy = "Do it." }.GetTraits();

        traits.ShouldBe(
        [
            new("check", "a/b"),
            new("severity", "advisory"),
            new("remedy", "Do it."),
            new("link", "docs/checks.md#ab"),
        ]);
    }

    private static IEnumerable<(CheckAttribute Check, MethodInfo Method)> Checks() =>
        from phase in Phases
        from type in phase.GetTypes()
        from method in type.GetMethods()
        let check = CheckAttribute.Of(method)
        where check is not null
        select (check, method);
}
