using System.CommandLine;
using TemporalConformance.Cli;

// Exit codes: 0 GO, 1 NO-GO, 2 UNDECIDED, 64 usage or settings, 70 internal.
var parsed = CommandTree.Build().Parse(args);
if (parsed.Errors.Count > 0)
{
    Listings.Problems(Screen.Error(), "The command line cannot be used", [.. parsed.Errors.Select(error => new Problem(error.Message, Do: "See ./run.sh --help."))], ExitCodes.Usage);
    return ExitCodes.Usage;
}

return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(20) });
