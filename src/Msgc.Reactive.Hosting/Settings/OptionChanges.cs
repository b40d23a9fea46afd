namespace Msgc.Reactive.Hosting.Settings;

/// <summary>In which options two configurations differ.</summary>
internal static class OptionChanges
{
    /// <summary>The names of the options, in files' words; empty when they are equal.</summary>
    public static IReadOnlyList<string> Between(MsgcServerOptions before, MsgcServerOptions after)
    {
        var changes = Names(before, after, ServerSettings.All);
        return before.Resolve().Listen.SequenceEqual(after.Resolve().Listen) ? changes : [.. changes, "Listen"];
    }

    /// <inheritdoc cref="Between(MsgcServerOptions, MsgcServerOptions)"/>
    public static IReadOnlyList<string> Between(MsgcClientOptions before, MsgcClientOptions after) => Names(before, after, ClientSettings.All);

    private static List<string> Names<T>(T before, T after, IReadOnlyList<Setting<T>> settings) =>
        [.. settings.Where(setting => setting.Write(before) != setting.Write(after)).Select(setting => setting.Name)];
}
