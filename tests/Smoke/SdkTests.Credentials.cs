using TemporalConformance.Checks;
using TemporalConformance.Gate;
using TemporalConformance.Probes;

namespace TemporalConformance.Tests;

public sealed partial class SdkTests
{
    [Check("sdk/unauthenticated-denied", Severity.Blocker, Needs = Systems.Temporal,
        Remedy = "Look at global.authorization and global.tls.frontend (requireClientAuth) of the frontends' configuration: whoever reaches the port may do everything.")]
    public Task Caller_without_credentials_is_refused_what_ours_may() => upgrade.Ask(async token =>
    {
        if (!upgrade.HasCredentials)
        {
            throw new NotApplicable("The settings give no API key, client certificate or token, so the cluster is taken to let everybody in.");
        }

        var answers = await upgrade.CallsWithAndWithoutCredentials(token);
        var call = $"DescribeNamespace of {upgrade.CanaryNamespace}";
        var open = answers.Where(answer => answer.Without is null).ToList();
        if (open.Count > 0)
        {
            throw new Violated("A frontend answers callers that do not say who they are.")
            {
                Wanted = $"{call} is refused without credentials",
                Observed = string.Join('\n', open.Select(answer => $"{answer.Address}: answered")),
                Where = string.Join(", ", open.Select(answer => answer.Address)),
            };
        }

        // A call that fails for everybody, or for another reason, was not refused for want of credentials.
        var unclear = answers
            .Where(answer => answer.With is not null || answer.Without!.Failure != ProbeFailure.Refused)
            .Select(answer => answer.With is not null ? $"with credentials: {answer.With.Message}" : $"without credentials: {answer.Without!.Message}")
            .ToList();
        if (answers.Count == 0 || unclear.Count > 0)
        {
            throw new Unanswered("Whether callers without credentials are refused could not be told.")
            {
                Wanted = $"{call} answered with credentials and refused without",
                Observed = string.Join('\n', unclear),
            };
        }
    });
}
