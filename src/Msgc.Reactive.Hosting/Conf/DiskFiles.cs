namespace Msgc.Reactive.Hosting.Conf;

/// <summary>Files on disk, UTF-8 with or without a byte order mark.</summary>
internal sealed class DiskFiles : IConfFiles
{
    public string Read(string path) => File.ReadAllText(path);

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
