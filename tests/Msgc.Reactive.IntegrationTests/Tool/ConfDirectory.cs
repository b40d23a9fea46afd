namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>A directory of its own for configuration files; disposal deletes it.</summary>
internal sealed class ConfDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("msgc-");

    /// <summary>The path of a file in it.</summary>
    public string this[string name] => Path.Combine(_directory.FullName, name);

    /// <summary>Puts a new file in the file's place, as editors and package managers do: no reader ever sees half of it.</summary>
    public string Write(string name, string text)
    {
        var path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(this["new"], text);
        File.Move(this["new"], path, overwrite: true);
        return path;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
