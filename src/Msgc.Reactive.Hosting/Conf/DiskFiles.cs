namespace Msgc.Reactive.Hosting.Conf;

/// <summary>Files on disk.</summary>
internal sealed class DiskFiles : IConfFiles
{
    public byte[] Read(string path) => File.ReadAllBytes(path);

    public bool IsFile(string path) => File.Exists(path);

    public bool IsDirectory(string path) => Directory.Exists(path);

    public IEnumerable<string> FilesIn(string directory) => Directory.EnumerateFiles(directory);

    public string Stamp(string path)
    {
        var file = new FileInfo(path);
        if (file.Exists) return $"{file.LastWriteTimeUtc.Ticks} {file.Length}";
        return Directory.Exists(path) ? $"{Directory.GetLastWriteTimeUtc(path).Ticks}" : "";
    }
}
