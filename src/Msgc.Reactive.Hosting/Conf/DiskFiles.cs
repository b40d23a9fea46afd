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
        try
        {
            FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
            if (!entry.Exists) return "";
            // A link has a time and a length of its own; what counts is what it leads to, and where.
            var target = entry.ResolveLinkTarget(returnFinalTarget: true) ?? entry;
            return $"{target.FullName} {target.LastWriteTimeUtc.Ticks} {(target as FileInfo)?.Length}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return ""; // gone in between, or no path at all: reading it says so
        }
    }
}
