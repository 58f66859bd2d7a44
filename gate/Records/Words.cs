using System.Text.Json;
using System.Text.Json.Serialization;

namespace TemporalConformance.Gate;

/// <summary>What a red check means for the upgrade.</summary>
[JsonConverter(typeof(SeverityConverter))]
public enum Severity
{
    /// <summary>The upgrade would fail, lose data, or could not be rolled back.</summary>
    Blocker,

    /// <summary>The upgrade works; something degrades or needs a decision.</summary>
    Advisory,
}

/// <summary>What became of one check.</summary>
[JsonConverter(typeof(ResultConverter))]
public enum Result
{
    /// <summary>Asked, and the sentence holds.</summary>
    Met,

    /// <summary>Asked, and the sentence does not hold.</summary>
    Violated,

    /// <summary>It could not be told.</summary>
    Unanswered,

    /// <summary>Violated or unanswered, and somebody named answers for going on regardless. Only the gate says so.</summary>
    Waived,

    /// <summary>There is nothing to ask here, or it was declared out of scope.</summary>
    NotApplicable,

    /// <summary>It cannot be told yet; a later step will.</summary>
    Deferred,
}

/// <summary>The gate's answer.</summary>
[JsonConverter(typeof(DecisionConverter))]
public enum Decision
{
    /// <summary>Every blocker that was asked is met. Exit code 0.</summary>
    Go,

    /// <summary>A blocker is violated. Exit code 1.</summary>
    NoGo,

    /// <summary>It could not be told. Not a GO. Exit code 2.</summary>
    Undecided,
}

/// <summary>The words in which severities, results and decisions are written, in files and on the terminal alike.</summary>
public static class Words
{
    /// <summary>"blocker" or "advisory".</summary>
    public static string Text(this Severity severity) => severity switch
    {
        Severity.Blocker => "blocker",
        Severity.Advisory => "advisory",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, null),
    };

    /// <summary>"met", "violated", "unanswered", "waived", "not-applicable" or "deferred".</summary>
    public static string Text(this Result result) => result switch
    {
        Result.Met => "met",
        Result.Violated => "violated",
        Result.Unanswered => "unanswered",
        Result.Waived => "waived",
        Result.NotApplicable => "not-applicable",
        Result.Deferred => "deferred",
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, null),
    };

    /// <summary>"GO", "NO-GO" or "UNDECIDED".</summary>
    public static string Text(this Decision decision) => decision switch
    {
        Decision.Go => "GO",
        Decision.NoGo => "NO-GO",
        Decision.Undecided => "UNDECIDED",
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, null),
    };

    /// <summary>0 for GO, 1 for NO-GO, 2 for UNDECIDED.</summary>
    public static int ExitCode(this Decision decision) => decision switch
    {
        Decision.Go => 0,
        Decision.NoGo => 1,
        _ => 2,
    };
}

/// <summary>
/// Reads and writes an enum by its exact word. The framework's own converter also takes numbers, other cases and
/// comma-separated lists, none of which this tool ever wrote.
/// </summary>
/// <typeparam name="T">The enum.</typeparam>
public abstract class WordConverter<T>(Func<T, string> text) : JsonConverter<T>
    where T : struct, Enum
{
    private readonly T[] _values = Enum.GetValues<T>();

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var word = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        foreach (var value in _values)
        {
            if (text(value) == word)
            {
                return value;
            }
        }

        throw new JsonException($"wanted one of {string.Join(", ", _values.Select(text))}; observed {(word is null ? reader.TokenType : $"\"{word}\"")}");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(text(value));
}

/// <summary>JSON form of <see cref="Severity"/>.</summary>
public sealed class SeverityConverter() : WordConverter<Severity>(Words.Text);

/// <summary>JSON form of <see cref="Result"/>.</summary>
public sealed class ResultConverter() : WordConverter<Result>(Words.Text);

/// <summary>JSON form of <see cref="Decision"/>.</summary>
public sealed class DecisionConverter() : WordConverter<Decision>(Words.Text);
