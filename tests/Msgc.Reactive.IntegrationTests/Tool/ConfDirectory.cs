namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>A directory of its own for configuration files; disposal deletes it.</summary>
internal sealed class ConfDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("msgc-");

    /// <summary>The path of a file in it.</summary>
    public string this[string name] => Path.Combine(_directory.FullName, name);

    /// <summary>Writes a file in place.</summary>
    public string Write(string name, string text)
    {
        var path = this[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Puts a new file in a file's place, as editors and package managers do.</summary>
    public void Replace(string name, string text)
    {
        Write($"{name}.new", text);
        File.Move(this[$"{name}.new"], this[name], overwrite: true);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
