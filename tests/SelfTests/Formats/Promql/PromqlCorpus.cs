using System.Globalization;
using System.Text.Json;
using TemporalConformance.Formats;

namespace TemporalConformance.SelfTests;

/// <summary>What Prometheus' own parser said about an expression, and how ours differs.</summary>
/// <param name="Line">The recorded line.</param>
internal sealed record PromqlCorpus(JsonElement Line)
{
    public static IEnumerable<PromqlCorpus> Read(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => new PromqlCorpus(JsonDocument.Parse(line).RootElement));

    public string Expression => Line.GetProperty("expr").GetString()!;

    public bool Valid => Line.GetProperty("ok").GetBoolean();

    /// <summary>What is different, a sentence each; empty where both parsers agree.</summary>
    public IReadOnlyList<string> Differences()
    {
        var valid = PromqlReader.TryRead(Expression, out var query, out var error);
        if (valid != Valid)
        {
            return [$"{Expression}: {(valid ? "accepted" : $"refused ({error})")}, wanted {(Valid ? "accepted" : Line.GetProperty("error").GetString())}"];
        }

        return [.. (valid ? OfQuery(query!) : OfError(error!))
            .Where(pair => pair.Wanted != pair.Observed).Select(pair => $"{Expression}: {pair.Wanted} wanted, {pair.Observed} observed")];
    }

    private IEnumerable<(string Wanted, string Observed)> OfQuery(PromqlQuery query)
    {
        yield return (Text("type"), query.Type switch { PromqlType.InstantVector => "vector", PromqlType.RangeVector => "matrix", PromqlType.Text => "string", _ => "scalar" });
        yield return (Text("canonical"), query.Canonical);
        yield return (Joined(Line.GetProperty("functions")), string.Join(' ', query.Functions));
        yield return (Joined(Line.GetProperty("labels")), string.Join(' ', query.Labels));
        yield return (
            Line.GetProperty("selectors") is { ValueKind: JsonValueKind.Array } selectors ? string.Join('\n', selectors.EnumerateArray().Select(Selector)) : "",
            string.Join('\n', query.Selectors.Select(Selector)));
    }

    private IEnumerable<(string Wanted, string Observed)> OfError(PromqlError error)
    {
        yield return ($"start {Line.GetProperty("start").GetInt32()}", $"start {error.Start}");

        // The real parser takes the last character of this sign for the place behind it.
        yield return Expression == "1 == 1" ? ("", "") : ($"end {Line.GetProperty("end").GetInt32()}", $"end {error.End}");
    }

    private string Text(string name) => Line.GetProperty(name).GetString()!;

    private static string Joined(JsonElement list) => string.Join(' ', list.EnumerateArray().Select(one => one.GetString()));

    private static string Selector(JsonElement one)
    {
        string Part(string name) => one.TryGetProperty(name, out var value) ? value.GetString()! : "";
        var matchers = one.TryGetProperty("matchers", out var list) ? Joined(list) : "";
        return $"{Part("name")}|{matchers}|{Part("range")}|{Part("offset")}|{Part("at")}";
    }

    private static string Selector(PromqlSelector one) =>
        $"{one.Name}|{string.Join(' ', one.Matchers)}|{(one.Range is { } range ? Go(range) : "")}|{(one.Offset == TimeSpan.Zero ? "" : Go(one.Offset))}|{one.At}";

    /// <summary>A length of time as Go prints it: <c>5m0s</c>, <c>1h30m15.5s</c>.</summary>
    private static string Go(TimeSpan time)
    {
        var seconds = ((time.Duration().Ticks % TimeSpan.TicksPerMinute) / (decimal)TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture);
        var (hours, minutes) = ((long)time.Duration().TotalHours, time.Duration().Minutes);
        return (time < TimeSpan.Zero ? "-" : "") + (hours > 0 ? $"{hours}h{minutes}m{seconds}s" : minutes > 0 ? $"{minutes}m{seconds}s" : $"{seconds}s");
    }
}
