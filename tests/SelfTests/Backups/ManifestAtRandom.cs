using System.Text;
using System.Text.Json.Nodes;

namespace TemporalConformance.SelfTests;

/// <summary>A manifest with Secrets among other objects, written in whatever form YAML and JSON have for it.</summary>
internal sealed class ManifestAtRandom
{
    private readonly Random _random;
    private readonly List<string> _secret = [];
    private readonly List<string> _open = [];
    private int _anchors;

    public ManifestAtRandom(Random random)
    {
        _random = random;
        var text = new StringBuilder();
        for (var documents = random.Next(1, 5); documents > 0; documents--)
        {
            text.Append(One("---\n", "--- # next\n", "---\n# Source: chart/templates/one.yaml\n", "---\n\n"));
            text.Append(Document());
        }

        // A text of Windows has its own ends of lines.
        Text = Chance(10) ? text.ToString().Replace("\n", "\r\n", StringComparison.Ordinal) : text.ToString();
    }

    public string Text { get; }

    /// <summary>How many objects there are, those of lists counted one by one.</summary>
    public int Objects { get; private set; }

    /// <summary>What must not be saved.</summary>
    public IEnumerable<string> SecretValues => _secret;

    /// <summary>What must be.</summary>
    public IEnumerable<string> OpenValues => _open;

    private string Document()
    {
        JsonObject root;
        if (Chance(30))
        {
            var kind = One("List", "SecretList");
            var items = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => (JsonNode)Object(typed: kind == "SecretList")).ToArray();
            root = Shuffled(("apiVersion", "v1"), ("kind", kind), ("items", new JsonArray(items)));
        }
        else
        {
            root = Object(typed: false);
        }

        return _random.Next(4) switch
        {
            0 => root.ToJsonString(new() { WriteIndented = Chance(50) }) + "\n",
            1 => Flow(root, One(", ", ",\n    ")) + "\n",
            _ => Block(root, 0, One(2, 3, 4)),
        };
    }

    private JsonObject Object(bool typed)
    {
        Objects++;
        var metadata = new JsonObject { ["name"] = $"n{Objects}", ["labels"] = new JsonObject { ["app"] = "temporal" } };
        if (!typed && Chance(50))
        {
            return Shuffled(("apiVersion", "v1"), ("kind", "ConfigMap"), ("metadata", metadata), ("data", Data(_open)));
        }

        var members = new List<(string, JsonNode?)> { ("metadata", metadata), (One("data", "stringData"), Data(_secret)) };
        if (Chance(30))
        {
            members.Add((members[1].Item1 == "data" ? "stringData" : "data", Data(_secret)));
        }

        if (!typed)
        {
            members.AddRange([("apiVersion", "v1"), ("kind", "Secret")]);
        }

        if (Chance(50))
        {
            members.Add(("type", "Opaque"));
        }

        var made = Shuffled([.. members]);
        if (Chance(30))
        {
            metadata["annotations"] = new JsonObject { ["kubectl.kubernetes.io/last-applied-configuration"] = made.ToJsonString() + (Chance(50) ? "\n" : "") };
        }

        return made;
    }

    private JsonObject Data(List<string> values)
    {
        var data = new JsonObject();
        for (var keys = _random.Next(1, 4); keys > 0; keys--)
        {
            var key = One("password", "a.conf", "with space", "kind", "x");
            if (data.ContainsKey(key))
            {
                continue;
            }

            var lines = Enumerable.Range(0, Chance(30) ? _random.Next(2, 4) : 1).Select(_ => $"v{_random.NextInt64():x}").ToArray();
            values.AddRange(lines);
            data[key] = string.Join('\n', lines) + (Chance(20) ? "\n" : "");
        }

        return data;
    }

    private JsonObject Shuffled(params (string Key, JsonNode? Value)[] members)
    {
        _random.Shuffle(members);
        return new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, member.Value)));
    }

    private string Block(JsonNode node, int indent, int width)
    {
        var (pad, text) = (new string(' ', indent), new StringBuilder());
        foreach (var (lead, value) in node is JsonObject map ? map.Select(pair => ($"{Key(pair.Key)}:", pair.Value!)) : node.AsArray().Select(item => ("-", item!)))
        {
            text.Append(Chance(10) ? $"{pad}# a comment\n" : "").Append(pad).Append(lead);
            var anchor = Chance(10) ? $" &a{_anchors++}" : "";
            text.Append(value switch
            {
                JsonValue scalar => $"{anchor} {Scalar((string)scalar!, indent + width)}",
                _ when Chance(20) => $"{anchor} {Flow(value, ", ")}",
                _ => $"{anchor}{One("", " # of these")}\n{Block(value, indent + width, width).TrimEnd('\n')}",
            }).Append('\n');
        }

        return text.ToString();
    }

    private string Flow(JsonNode node, string between) => node switch
    {
        JsonObject map => $"{{{string.Join(between, map.Select(pair => $"{Key(pair.Key)}: {Flow(pair.Value!, between)}"))}}}",
        JsonArray list => $"[{string.Join(", ", list.Select(item => Flow(item!, between)))}]",
        _ => ((string)node!).Any(letter => letter is '\n' or '"' or '{' or ',' or ':') ? Double((string)node!) : Scalar((string)node!, 0),
    };

    private string Scalar(string value, int indent)
    {
        var pad = new string(' ', indent);
        var plain = value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.');
        return _random.Next(4) switch
        {
            0 when indent > 0 && value.Contains('\n') && value[0] != ' ' => $"|{(value.EndsWith('\n') ? "" : "-")}\n{string.Join('\n', value.TrimEnd('\n').Split('\n').Select(line => pad + line))}",
            1 when indent > 0 && plain => $">-\n{pad}{value}",
            2 when !value.Contains('\n') => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'",
            3 when plain => value + (indent > 0 ? One("", " # said so") : ""),
            _ => Double(value),
        };
    }

    private static string Double(string value) => JsonValue.Create(value).ToJsonString();

    private string Key(string key) => key.Contains(' ') ? Double(key) : One(key, Double(key), $"'{key}'");

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T One<T>(params T[] values) => values[_random.Next(values.Length)];
}
