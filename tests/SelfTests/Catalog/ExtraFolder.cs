namespace TemporalConformance.SelfTests;

/// <summary>A folder for files of <c>catalog.extra</c> that goes with the test.</summary>
internal sealed class ExtraFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("catalog-extra-").FullName;

    public string Write(string name, string json)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.WriteAllText(file, json);
        return file;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
