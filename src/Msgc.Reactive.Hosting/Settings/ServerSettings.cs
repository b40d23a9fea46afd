using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>The options of a server, but for its listeners, in the order in which they are written.</summary>
internal static class ServerSettings
{
    public static IReadOnlyList<Setting<MsgcServerOptions>> All { get; } =
    [
        Text("node_name", nameof(MsgcServerOptions.NodeName), o => o.NodeName, (o, v) => o with { NodeName = v }),
        new PeersSetting(),
        new Scalar<MsgcServerOptions, int>(
            "port", nameof(MsgcServerOptions.Port), Formats.Whole, Formats.Whole, o => (true, o.Port), (o, v) => o with { Port = v }),
        Text("peer_secret", nameof(MsgcServerOptions.PeerSecret), o => o.PeerSecret, (o, v) => o with { PeerSecret = v }, isSecret: true),
        .. CommonSettings.Of<MsgcServerOptions>(),
    ];

    private static Scalar<MsgcServerOptions, string> Text(
        string name, string property, Func<MsgcServerOptions, string?> get, Func<MsgcServerOptions, string?, MsgcServerOptions> set, bool isSecret = false) =>
        new(name, property, Formats.Text, Formats.PlainText, o => (get(o) is not null, get(o) ?? ""), set, o => set(o, null)) { IsSecret = isSecret };
}
