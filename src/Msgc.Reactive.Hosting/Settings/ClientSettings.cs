using System.Text;
using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>The options of a client, in the order in which they are written.</summary>
internal static class ClientSettings
{
    public static IReadOnlyList<Setting<MsgcClientOptions>> All { get; } =
    [
        new ServersSetting(),
        Text("name", nameof(MsgcClientOptions.Name), o => o.Name, (o, v) => o with { Name = v }),
        Text("bind_address", nameof(MsgcClientOptions.BindAddress), o => o.BindAddress, (o, v) => o with { BindAddress = v }),
        new Scalar<MsgcClientOptions, bool>(
            "no_echo", nameof(MsgcClientOptions.NoEcho), Formats.Flag, Formats.Flag, o => (true, o.NoEcho), (o, v) => o with { NoEcho = v }),
        new Scalar<MsgcClientOptions, TimeSpan>(
            "reconnect_jitter", nameof(MsgcClientOptions.ReconnectJitter), Formats.Seconds, Formats.Duration, o => (true, o.ReconnectJitter), (o, v) => o with { ReconnectJitter = v }),
        new Scalar<MsgcClientOptions, string>(
            "credentials", nameof(MsgcClientOptions.Credentials), Formats.Text, Formats.PlainText,
            o => (!o.Credentials.IsEmpty, Encoding.UTF8.GetString(o.Credentials.Span)), (o, v) => o with { Credentials = Encoding.UTF8.GetBytes(v) }, o => o with { Credentials = default }) { IsSecret = true },
        .. CommonSettings.Of<MsgcClientOptions>(),
    ];

    private static Scalar<MsgcClientOptions, string> Text(
        string name, string property, Func<MsgcClientOptions, string?> get, Func<MsgcClientOptions, string?, MsgcClientOptions> set) =>
        new(name, property, Formats.Text, Formats.PlainText, o => (get(o) is not null, get(o) ?? ""), set, o => set(o, null));
}
