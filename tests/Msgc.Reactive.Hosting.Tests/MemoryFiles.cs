using System.Text;
using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Tests;

/// <summary>Files in memory. A directory is there while it has files.</summary>
internal sealed class MemoryFiles : IConfFiles
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _stamps = new(StringComparer.Ordinal);

    /// <summary>Writes a file; null removes it.</summary>
    public string? this[string path]
    {
        set
        {
            if (value is null) _texts.Remove(path);
            else _texts[path] = value.ReplaceLineEndings("\n");
            _stamps[path] = _stamps.GetValueOrDefault(path) + 1;
        }
    }

    public byte[] Read(string path) => _texts.TryGetValue(path, out var text) ? Encoding.GetBytes(text) : throw new FileNotFoundException("no such file");

    /// <summary>What the texts are encoded in.</summary>
    public Encoding Encoding { get; init; } = Encoding.UTF8;

    public bool IsFile(string path) => _texts.ContainsKey(path);

    public bool IsDirectory(string path) => FilesIn(path).Any();

    public IEnumerable<string> FilesIn(string directory) => _texts.Keys.Where(path => Path.GetDirectoryName(path) == directory).Reverse();

    public string Stamp(string path) => _texts.ContainsKey(path) ? $"{_stamps[path]}" : string.Join(' ', FilesIn(path));
}
