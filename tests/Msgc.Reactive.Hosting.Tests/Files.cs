namespace Msgc.Reactive.Hosting.Tests;

/// <summary>Short forms for tests.</summary>
internal static class Files
{
    /// <summary>Reads a text as the file <c>/etc/m.conf</c>.</summary>
    public static MsgcConf Read(string text, params (string Path, string Text)[] others)
    {
        var files = new MemoryFiles { ["/etc/m.conf"] = text };
        foreach (var (path, other) in others) files[path] = other;
        return MsgcConf.Read("/etc/m.conf", null, files);
    }

    /// <summary>The problems of a text, without the file's path where it is that text.</summary>
    public static IEnumerable<string> Problems(string text, params (string Path, string Text)[] others) =>
        Read(text, others).Problems.Select(problem => problem.ToString().Replace("/etc/m.conf:", "", StringComparison.Ordinal));
}
