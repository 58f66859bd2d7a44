using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Gate;

namespace TemporalConformance.Cli;

/// <summary>Turns what a command throws into words and an exit code, the same for all commands.</summary>
internal static class Guard
{
    private static SecretScrubber? s_scrubber;

    /// <summary>Whatever goes wrong from now on, these secrets are not in what is printed about it.</summary>
    public static void Hide(SecretScrubber scrubber) => s_scrubber = scrubber;

    /// <summary>Runs a command.</summary>
    public static async Task<int> RunAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (SettingsException wrong)
        {
            return Usage("The settings cannot be used", wrong.Problems.Select(problem => new Problem(problem.Key, problem.Allowed, problem.Value, problem.Where, problem.Hint)));
        }
        catch (CatalogException wrong)
        {
            return Usage("catalog.extra cannot be used", [new Problem(wrong.Message, wrong.Wanted, wrong.Observed, Do: wrong.Remedy)]);
        }
        catch (GateInputException wrong)
        {
            return Usage(wrong is WaiverException ? "The waivers cannot be used" : "A file cannot be used", [new Problem("It is not what it has to be.", wrong.Wanted, wrong.Observed, wrong.Where)]);
        }
        catch (ResultsFolderException wrong)
        {
            return Usage("The results folder cannot be used", [new Problem(wrong.Message)]);
        }
        catch (EnvironmentException missing)
        {
            return Usage("This machine cannot run it", [new Problem(missing.Message, Do: missing.Remedy)]);
        }
        catch (UsageException wrong)
        {
            return Usage("That cannot be done", [wrong.Problem]);
        }
        catch (OperationCanceledException)
        {
            Listings.Problems(Screen.Error(), "The run was stopped", [new Problem("Not every question was asked, so the results say UNDECIDED.", Do: "Run the command again.")], ExitCodes.Stopped);
            return ExitCodes.Stopped;
        }
        catch (Exception defect)
        {
            Listings.InternalError(Screen.Error(), "running the command", defect, text => s_scrubber?.Scrub(text) ?? text);
            return ExitCodes.Internal;
        }
    }

    private static int Usage(string title, IEnumerable<Problem> problems)
    {
        Listings.Problems(Screen.Error(), title, [.. problems], ExitCodes.Usage);
        return ExitCodes.Usage;
    }
}

/// <summary>The command cannot be run as it was asked for.</summary>
internal sealed class UsageException(Problem problem) : Exception(problem.Headline)
{
    /// <summary>What is wrong, and what to do.</summary>
    public Problem Problem { get; } = problem;
}
