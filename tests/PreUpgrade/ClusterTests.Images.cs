using TemporalConformance.Checks;
using TemporalConformance.Formats;
using TemporalConformance.Gate;

namespace TemporalConformance.Tests;

/// <summary>cluster: the images that the upgrade brings.</summary>
public sealed partial class ClusterTests
{
    [Check("cluster/images-known", Severity.Blocker, Needs = Systems.Helm,
        Remedy = "Name images that the chart or the release itself names, by their full tag.")]
    public Task Images_are_known_and_fit_each_other() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        var findings = ImageJudgement.Known(upgrade.Catalog, plan.Images(upgrade.Catalog), upgrade.To.Version);
        const string wanted = "full tags of known releases, admin-tools of the servers' minor, a UI that was released beside them";
        upgrade.Judge(findings.Offences, "Images are not known, or do not fit each other.", wanted);
        if (findings.Doubts.Count > 0)
        {
            throw new Unanswered("Images are named by their digest alone, and nothing says which releases they are.")
            {
                Wanted = wanted,
                Observed = string.Join('\n', findings.Doubts.Select(one => $"{one.Where}: {one.Sentence}")),
                Where = plan.Where,
                Remedy = "Name the tag beside the digest: repository:tag@digest.",
            };
        }
    });

    [Check("cluster/custom-images", Severity.Advisory, Needs = Systems.Helm,
        Remedy = "State in images.custom which release the image was built from.")]
    public Task Server_images_of_our_own_are_built_from_the_target() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        upgrade.Judge(ImageJudgement.Custom(plan.Images(upgrade.Catalog), upgrade.CustomImages, upgrade.To.Version), "Server images of your own are not declared as built from the target.", $"each declared as built from {upgrade.To.Version}", slightAlone: true);
    });

    [Check("cluster/image-tools", Severity.Advisory, Needs = Systems.Helm,
        Remedy = "Call what the image has, or use an image of your own.")]
    public Task Images_have_the_programs_that_are_called_in_them() => upgrade.Ask(async token =>
    {
        var plan = await upgrade.Helm(token);
        if (plan.Render is null)
        {
            throw new NotApplicable("No render is at hand, and values do not say which programs are called.");
        }

        upgrade.Judge(ImageJudgement.Tools(plan.Images(upgrade.Catalog)), "Programs are called in images that do not have them.", "programs of the image's generation", slightAlone: true);
    });
}
