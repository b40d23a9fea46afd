namespace Msgc.Reactive.Hosting.Conf;

/// <summary>What stands behind an equals sign.</summary>
internal abstract record ConfValue(ConfPosition At)
{
    /// <summary>A word, or a text in quotes.</summary>
    public sealed record Text(ConfPosition At, string Value) : ConfValue(At);

    /// <summary><c>( v v … )</c></summary>
    public sealed record Array(ConfPosition At, IReadOnlyList<ConfValue> Items) : ConfValue(At);

    /// <summary><c>[ k = v … ]</c></summary>
    public sealed record Dictionary(ConfPosition At, IReadOnlyList<ConfItem.Option> Entries) : ConfValue(At);

    /// <summary>What it is, in a sentence.</summary>
    public string Shown => this switch
    {
        Text { Value: var text } => $"'{text}'",
        Array => "a list",
        _ => "a dictionary",
    };
}
