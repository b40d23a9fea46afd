namespace Msgc.Reactive.Hosting.Conf;

/// <summary>
/// Reads a file and what it includes, in place. A relative path is looked for beside the including file, then beside the first one; a
/// directory stands for its files in alphabetical order, hidden ones and sub-directories not.
/// </summary>
internal sealed class ConfReader(IConfFiles files, ConfProblems problems)
{
    private const int MaxFiles = 1000;

    private readonly Stack<string> _open = new();
    private readonly List<string> _visited = [];
    private readonly List<(string Path, string Text)> _texts = [];
    private string _root = "";
    private int _read;

    /// <summary>All files and directories looked into, or for: when one of them changes the outcome may.</summary>
    public IReadOnlyList<string> Visited => _visited;

    /// <summary>What was read, in that order.</summary>
    public IReadOnlyList<(string Path, string Text)> Texts => _texts;

    public IReadOnlyList<ConfItem> Read(string path)
    {
        _root = Path.GetDirectoryName(path) ?? "";
        return Open(path, new ConfPosition(path, 1, 1), null);
    }

    private IReadOnlyList<ConfItem> Open(string path, ConfPosition at, string? directive)
    {
        Visit(path);
        if (++_read > MaxFiles)
        {
            if (_read == MaxFiles + 1) problems.Error(at, directive, $"more than {MaxFiles} files are included; include fewer");
            return [];
        }
        string text;
        try
        {
            text = ConfEncoding.Decode(path, files.Read(path), problems);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Error(at, directive, $"'{path}' cannot be read: {error.Message.Split(" (Parameter")[0]}");
            return [];
        }
        _texts.Add((path, text));
        _open.Push(path);
        var items = Expand(ConfParser.Parse(path, text, problems));
        _open.Pop();
        return items;
    }

    private List<ConfItem> Expand(IReadOnlyList<ConfItem> items) =>
    [
        .. items.SelectMany(item => item switch
        {
            ConfItem.Include include => Included(include),
            ConfItem.Stanza stanza => [stanza with { Items = Expand(stanza.Items) }],
            _ => [item],
        }),
    ];

    private IEnumerable<ConfItem> Included(ConfItem.Include include)
    {
        if (include.Path.Value.Length == 0 || include.Path.Value.Contains('\0', StringComparison.Ordinal))
        {
            problems.Error(include.Path.At, include.Name, "this is no path; write that of a file or a directory");
            return [];
        }
        string[] places = [.. new[] { Path.GetDirectoryName(_open.Peek()) ?? "", _root }.Select(directory => Normalized(Path.Combine(directory, include.Path.Value))).Distinct()];
        foreach (var place in places) Visit(place);
        if (places.FirstOrDefault(files.IsFile) is { } file) return IncludedFile(file, include);
        if (places.FirstOrDefault(files.IsDirectory) is { } directory) return IncludedDirectory(directory, include);
        problems.Error(include.Path.At, include.Name, $"there is no '{include.Path.Value}'; looked for {string.Join(" and ", places)}");
        return [];
    }

    private IReadOnlyList<ConfItem> IncludedFile(string file, ConfItem.Include include)
    {
        if (!_open.Contains(file)) return Open(file, include.Path.At, include.Name);
        var cycle = string.Join(" includes ", _open.TakeWhile(open => open != file).Append(file).Reverse().Append(file));
        problems.Error(include.Path.At, include.Name, $"a file cannot include itself: {cycle}; remove one of these includes");
        return [];
    }

    private IEnumerable<ConfItem> IncludedDirectory(string directory, ConfItem.Include include)
    {
        try
        {
            var paths = files.FilesIn(directory).Where(path => !Path.GetFileName(path).StartsWith('.'));
            return [.. paths.Order(StringComparer.Ordinal).SelectMany(path => IncludedFile(path, include))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Error(include.Path.At, include.Name, $"'{directory}' cannot be read: {error.Message}");
            return [];
        }
    }

    private void Visit(string path)
    {
        if (!_visited.Contains(path)) _visited.Add(path);
    }

    /// <summary>Without . and .., as far as these can be resolved: cycles are found by the path.</summary>
    private static string Normalized(string path) => Path.IsPathRooted(path) ? Path.GetFullPath(path) : Path.GetRelativePath(".", path);
}
