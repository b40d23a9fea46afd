using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>The effective configuration, and where it comes from.</summary>
internal static class ConfDescription
{
    public static string Of(MsgcConf conf)
    {
        var printer = new ConfPrinter();
        var (bound, clients) = (conf.Bound, conf.Bound.Clients);
        if (bound.Server.IsPresent || bound.Listener.IsPresent || clients.Count == 0) AddServer(printer, conf);
        foreach (var (name, client) in clients)
            printer.Add(BoundConf.ClientStanza, name, ClientSettings.All, client.Options, client.Level ?? MsgcDebugLevel.Error, option => Note(client.PositionOf(option)));
        return printer.ToString();
    }

    private static void AddServer(ConfPrinter printer, MsgcConf conf)
    {
        var server = conf.Bound.Server;
        var resolved = conf.Server.Resolve();
        printer.Add(resolved.Listen, listen => conf.Bound.Listener.Enabled.TryGetValue(listen, out var at) ? Note(at)
            : conf.Server.Listen.Count > 0 ? "given"
            : conf.Server.Peers.ContainsKey(resolved.NodeName!) ? "default: its own entry among the peers" : "default");
        printer.Add(BoundConf.ServerStanza, "", ServerSettings.All, resolved, conf.ServerDebugLevel, option =>
            Given(option, server.Options, conf.Server) ? "given" : Note(server.PositionOf(option)));
    }

    /// <summary>True when it holds whatever the file says.</summary>
    private static bool Given(string option, MsgcServerOptions file, MsgcServerOptions effective) =>
        ServerSettings.All.FirstOrDefault(setting => setting.Name == option) is { } setting && setting.Write(file) != setting.Write(effective);

    private static string Note(ConfPosition? at) => at?.ToString() ?? "default";
}
