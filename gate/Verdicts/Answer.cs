namespace TemporalConformance.Gate;

/// <summary>One answer, wherever it was read.</summary>
internal sealed record Answer(Result Result, string Message)
{
    private const string Violated = "TemporalConformance.Checks.Violated : ";
    private const string Unanswered = "TemporalConformance.Checks.Unanswered : ";

    public string? Wanted { get; init; }

    public string? Observed { get; init; }

    public string? Where { get; init; }

    public string? Remedy { get; init; }

    public string? Cause { get; init; }

    public double? Seconds { get; init; }

    /// <summary>What a row of the TRX says; the table of the verdict.</summary>
    public static Answer Of(TrxRow row, CheckEntry check) => Said(row, check) with { Seconds = row.Seconds };

    /// <summary>What a line of the log says.</summary>
    public static Answer Of(AnswerEvent said) => new(said.Result == Result.Waived ? Result.Unanswered : said.Result, said.Message)
    {
        Wanted = said.Wanted,
        Observed = said.Observed,
        Where = said.Where,
        Remedy = said.Remedy,
        Cause = said.Cause,
        Seconds = said.Seconds,
    };

    /// <summary>
    /// From best to worst: what leaves nothing open, what was declared, what could not be told, what is known to be wrong.
    /// </summary>
    public static int Badness(Result result) => result switch
    {
        Result.Met => 0,
        Result.NotApplicable => 1,
        Result.Deferred => 2,
        Result.Waived => 3,
        Result.Unanswered => 4,
        _ => 5,
    };

    private static Answer Said(TrxRow row, CheckEntry check) => row.Outcome switch
    {
        "Passed" => new(Result.Met, check.Sentence),
        "NotExecuted" => Of(AnswerText.Read(row.Output)) ?? new(Result.Unanswered, "The check was skipped without saying what that means.")
        {
            Wanted = "a reason that begins with [violated], [unanswered], [not applicable] or [deferred]",
            Observed = string.IsNullOrWhiteSpace(row.Output) ? "no reason" : row.Output.Trim(),
        },
        "Failed" when row.Error is null => new(Result.Unanswered, "The check failed without a message."),
        "Failed" when Body(row.Error, Violated) is { } body => Failed(Result.Violated, body),
        "Failed" when Body(row.Error, Unanswered) is { } body => Failed(Result.Unanswered, body),
        "Failed" => new(Result.Unanswered, "The check ended in an exception instead of an answer.") { Observed = row.Error.Trim() },
        _ => new(Result.Unanswered, "The check's outcome is not known.") { Wanted = "Passed, Failed or NotExecuted", Observed = row.Outcome },
    };

    private static string? Body(string error, string prefix) => error.StartsWith(prefix, StringComparison.Ordinal) ? error[prefix.Length..].Trim() : null;

    // The exception's type decides; its text only explains.
    private static Answer Failed(Result result, string body) =>
        Of(AnswerText.Read(body)) is { } answer ? answer with { Result = result } : new(result, body.Length == 0 ? "No sentence was given." : body);

    private static Answer? Of(AnswerText? text) => text is null ? null : new(text.Result, text.Sentence)
    {
        Wanted = text.Wanted,
        Observed = text.Observed,
        Where = text.Where,
        Remedy = text.Remedy,
        Cause = text.Cause,
    };
}
