using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace TemporalConformance.Gate;

/// <summary>Reads and writes the JSON of all the gate's files.</summary>
internal static class GateJson
{
    /// <summary>For files that people read. Nothing here ends up inside HTML, so quotes and umlauts stay as they are.</summary>
    public static GateJsonContext Indented { get; } = With(indented: true);

    /// <summary>For lines.</summary>
    public static GateJsonContext OneLine { get; } = With(indented: false);

    /// <summary>Reads, or says where and why not.</summary>
    public static T Read<T>(string json, JsonTypeInfo<T> type, string file, string wanted)
        where T : class
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            throw new GateInputException(file, 0, 0, wanted, "an empty file");
        }

        try
        {
            return JsonSerializer.Deserialize(json.TrimStart('\uFEFF'), type)
                ?? throw new GateInputException(file, 1, 1, wanted, "null");
        }
        catch (JsonException e)
        {
            throw GateInputException.From(e, file, wanted);
        }
    }

    private static GateJsonContext With(bool indented) =>
        new(new JsonSerializerOptions(GateJsonContext.Default.Options) { WriteIndented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>camelCase, strict about what is missing, null or there twice; generated at compile time, because start-up counts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RollFile))]
[JsonSerializable(typeof(AnswerEvent))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(VerdictFile))]
internal sealed partial class GateJsonContext : JsonSerializerContext;
