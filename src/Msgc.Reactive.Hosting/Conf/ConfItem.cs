namespace Msgc.Reactive.Hosting.Conf;

/// <summary>What a file or a stanza consists of.</summary>
internal abstract record ConfItem(ConfPosition At, string Name)
{
    /// <summary><c>name = value</c></summary>
    public sealed record Option(ConfPosition At, string Name, ConfValue Value) : ConfItem(At, Name);

    /// <summary><c>name "label" { … }</c></summary>
    public sealed record Stanza(ConfPosition At, string Name, ConfValue.Text? Label, IReadOnlyList<ConfItem> Items) : ConfItem(At, Name);

    /// <summary><c>include "path"</c></summary>
    public sealed record Include(ConfPosition At, string Name, ConfValue.Text Path) : ConfItem(At, Name);

    /// <summary>Names are compared like this.</summary>
    public bool Is(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);
}
