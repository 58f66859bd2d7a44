using TemporalConformance.Checks;
using TemporalConformance.Environments;
using TemporalConformance.Facts;
using TemporalConformance.Formats;

namespace TemporalConformance.Cli;

/// <summary>Keeps the catalog honest.</summary>
internal static class CatalogCommand
{
    /// <summary>Prints every contradiction of the catalog; exit code 1 when there is one.</summary>
    public static int Check(CommonValues options)
    {
        var settings = RunSettings.Read(options.Config, options.Sets);
        var catalog = ReleaseCatalog.Load(settings.CatalogExtra);
        IReadOnlyList<string> contradictions = [.. catalog.Contradictions(), .. CatalogQueries.Contradictions(catalog)];
        if (contradictions.Count > 0)
        {
            Listings.Problems(Screen.Error(), "The catalog contradicts itself", [.. contradictions.Select(sentence => new Problem(sentence))], exitCode: 1);
            return 1;
        }

        Console.Out.WriteLine(
            $"The catalog of {catalog.Date:yyyy-MM-dd} is free of contradictions: {catalog.Releases.Count} releases ({catalog.Releases[0].Version} to {catalog.Releases[^1].Version}), "
            + $"{catalog.Charts.Count} charts, {catalog.SecurityFixes.Count} security fixes, main schemas {catalog.KnownSchemas(Store.Main)[0]} to {catalog.KnownSchemas(Store.Main)[^1]}, "
            + $"visibility schemas {catalog.KnownSchemas(Store.Visibility)[0]} to {catalog.KnownSchemas(Store.Visibility)[^1]}, "
            + $"{ServerMetrics.Names.Count} metrics ({ServerMetrics.ReadReleases[0]} to {ServerMetrics.ReadReleases[^1]}).");
        return 0;
    }

    /// <summary>Reads the shapes of dumps on a database server of our own and writes them as the catalog keeps them.</summary>
    public static async Task<int> ShapesAsync(string dumps, string output, CommonValues options, CancellationToken token)
    {
        if (!Directory.Exists(dumps))
        {
            throw new UsageException(new Problem("The dumps cannot be read.", "a folder with files named <temporal|visibility>-<version>-<form>.dump", "no such folder", dumps));
        }

        var settings = RunSettings.Read(options.Config, options.Sets);
        Directory.CreateDirectory(output);
        var written = 0;
        await using var server = await ScratchPostgres.OpenAsync(settings, token);
        await foreach (var shape in ShapeHarvest.RunAsync(dumps, server, token))
        {
            var file = Path.Combine(output, Path.GetFileName(ShapeJson.FileName(shape)));
            await File.WriteAllTextAsync(file, ShapeJson.Write(shape with { Source = SourceOf(file) ?? shape.Source }), token);
            Console.Out.WriteLine($"{file}: {shape.Tables.Count} tables");
            written++;
        }

        return written > 0 ? 0 : throw new UsageException(new Problem("No dump was read.", "files named <temporal|visibility>-<version>-<form>.dump", "none", dumps));
    }

    // A file that is there already says which release's schema the dump was made from; the dump itself does not know.
    private static string? SourceOf(string file) => File.Exists(file) ? ShapeJson.Read(file, File.ReadAllBytes(file)).Source : null;
}
