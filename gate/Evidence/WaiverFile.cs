using System.Globalization;
using System.Text;
using System.Text.Json;

namespace TemporalConformance.Gate;

/// <summary><c>waivers.json</c> cannot be used. Nothing is judged with it: a waiver that was meant and is not understood must not pass unnoticed.</summary>
public sealed class WaiverException : GateInputException
{
    /// <inheritdoc/>
    public WaiverException(string file, long line, long column, string wanted, string observed)
        : base(file, line, column, wanted, observed)
    {
    }
}

/// <summary>
/// Reads <c>{ "schema": 1, "waivers": [{ "id", "phase"?, "cluster"?, "covers", "reason", "owner", "until" }] }</c>, with
/// comments allowed. Token by token, because every complaint has to name its line and column.
/// </summary>
public static class WaiverFile
{
    private const string Fields = "id, phase, cluster, covers, reason, owner, until";

    /// <summary>Reads the waivers and holds them against the roll.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="roll">The checks there are.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="WaiverException">Not that form, an unknown check or phase, or a field that is empty or missing.</exception>
    public static IReadOnlyList<Waiver> Parse(string json, CheckRoll roll, string file = "waivers.json")
    {
        var cursor = new Cursor(json.TrimStart('\uFEFF'), file);
        try
        {
            return Document(ref cursor, roll);
        }
        catch (JsonException e)
        {
            var located = GateInputException.From(e, file, "a list of waivers as JSON");
            throw new WaiverException(file, located.Line, located.Column, located.Wanted, located.Observed);
        }
    }

    private static List<Waiver> Document(ref Cursor cursor, CheckRoll roll)
    {
        List<Waiver>? waivers = null;
        var schema = false;
        cursor.Next(JsonTokenType.StartObject, "an object with schema and waivers");
        while (cursor.Next() != JsonTokenType.EndObject)
        {
            switch (cursor.Text)
            {
                case "$schema":
                    cursor.Next(JsonTokenType.String, "the address of a JSON schema");
                    break;
                case "schema" when !schema:
                    cursor.Next(JsonTokenType.Number, "the number 1");
                    schema = cursor.Text == "1" ? true : throw cursor.Error("schema 1", $"schema {cursor.Text}");
                    break;
                case "waivers" when waivers is null:
                    waivers = [];
                    cursor.Next(JsonTokenType.StartArray, "a list of waivers");
                    while (cursor.Next() != JsonTokenType.EndArray)
                    {
                        waivers.Add(One(ref cursor, roll));
                    }

                    break;
                default:
                    throw cursor.Error("schema and waivers, once each", $"\"{cursor.Text}\"");
            }
        }

        var end = cursor.Error("schema and waivers", schema ? "no waivers" : "no schema");
        cursor.End();
        return schema && waivers is not null ? waivers : throw end;
    }

    private static Waiver One(ref Cursor cursor, CheckRoll roll)
    {
        if (cursor.Type != JsonTokenType.StartObject)
        {
            throw cursor.Error($"an object with {Fields}", cursor.Text);
        }

        var start = cursor.Error("", "");
        var seen = new Dictionary<string, string?>(StringComparer.Ordinal);
        var until = default(DateOnly);
        while (cursor.Next() != JsonTokenType.EndObject)
        {
            var name = cursor.Text;
            if (name is not ("id" or "phase" or "cluster" or "covers" or "reason" or "owner" or "until") || seen.ContainsKey(name))
            {
                throw cursor.Error($"{Fields}, once each", $"\"{name}\"");
            }

            if (cursor.Next() == JsonTokenType.Null && name is "phase" or "cluster")
            {
                seen[name] = null;
                continue;
            }

            var value = cursor.Type == JsonTokenType.String ? cursor.Text.Trim() : "";
            var complaint = (name, value) switch
            {
                (_, "") => $"a text as {name}",
                ("id", _) when roll.Find(value) is null => "the id of a check (./run.sh list shows them)",
                ("phase", _) when !Phases.All.Contains(value, StringComparer.Ordinal) => $"one of {string.Join(", ", Phases.All)}",
                ("covers", not ("unanswered" or "violated")) => "unanswered or violated",
                ("until", _) when !DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out until) => "a day as yyyy-MM-dd",
                _ => null,
            };
            if (complaint is not null)
            {
                throw cursor.Error(complaint, cursor.Type == JsonTokenType.String ? $"\"{cursor.Text}\"" : cursor.Text);
            }

            seen[name] = value;
        }

        foreach (var name in (string[])["id", "covers", "reason", "owner", "until"])
        {
            if (!seen.ContainsKey(name))
            {
                throw new WaiverException(start.File, start.Line, start.Column, $"a waiver with {name}", "a waiver without");
            }
        }

        return new(seen["id"]!, seen.GetValueOrDefault("phase"), seen.GetValueOrDefault("cluster"), seen["covers"]!, seen["reason"]!, seen["owner"]!, until);
    }

    /// <summary>A JSON reader that knows line and column.</summary>
    private ref struct Cursor
    {
        private readonly byte[] _bytes;
        private readonly string _file;
        private Utf8JsonReader _reader;

        public Cursor(string json, string file)
        {
            _bytes = Encoding.UTF8.GetBytes(json);
            _file = file;
            _reader = new(_bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip });
        }

        public readonly JsonTokenType Type => _reader.TokenType;

        /// <summary>The name or value here.</summary>
        public readonly string Text => Type is JsonTokenType.String or JsonTokenType.PropertyName
            ? _reader.GetString()!
            : Encoding.UTF8.GetString(_reader.ValueSpan);

        public JsonTokenType Next()
        {
            _reader.Read();
            return _reader.TokenType;
        }

        public void Next(JsonTokenType wanted, string description)
        {
            if (Next() != wanted)
            {
                throw Error(description, Text);
            }
        }

        /// <summary>Reads on to the end of the file, where nothing but space and comments may stand.</summary>
        public void End() => _reader.Read();

        public readonly WaiverException Error(string wanted, string observed)
        {
            var before = _bytes.AsSpan(0, (int)_reader.TokenStartIndex);
            return new(_file, before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'), wanted, observed);
        }
    }
}
