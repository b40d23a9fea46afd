using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting.Settings;

/// <summary>What a configuration file has to say about servers and clients; stanzas of other modules are none of our business.</summary>
internal sealed class BoundConf
{
    public const string ServerStanza = "msgc_server", ClientStanza = "msgc_client";

    private static readonly string[] Stanzas = [ServerStanza, ClientStanza, BoundListener.Name];

    private readonly SortedDictionary<string, BoundStanza<MsgcClientOptions>> _clients = new(StringComparer.Ordinal);
    private readonly ConfProblems _problems;

    private BoundConf(ConfProblems problems)
    {
        _problems = problems;
        Server = new BoundStanza<MsgcServerOptions>(ServerStanza, ServerSettings.All, problems);
        Listener = new BoundListener(problems);
    }

    public BoundStanza<MsgcServerOptions> Server { get; }

    public BoundListener Listener { get; }

    /// <summary>By the stanza's name, which is empty for the one without, and for one that only repeats the module's.</summary>
    public IReadOnlyDictionary<string, BoundStanza<MsgcClientOptions>> Clients => _clients;

    /// <summary>The server's options: those of its stanza and the listener's, and what holds whatever these say.</summary>
    public MsgcServerOptions Effective { get; private set; } = new();

    /// <summary>Binds the items of a file.</summary>
    /// <param name="items">The items.</param>
    /// <param name="file">The file.</param>
    /// <param name="problems">What is wrong.</param>
    /// <param name="server">What is to hold for the server whatever the file says.</param>
    public static BoundConf Of(IReadOnlyList<ConfItem> items, string file, ConfProblems problems, Func<MsgcServerOptions, MsgcServerOptions>? server)
    {
        var bound = new BoundConf(problems);
        foreach (var item in items) bound.Read(item);
        bound.Listener.Finish();
        bound.Server.Options = bound.Server.Options with { Listen = [.. bound.Listener.Enabled.Keys] };
        bound.Effective = server?.Invoke(bound.Server.Options) ?? bound.Server.Options;
        bound.Server.Finish(bound.Effective, file);
        foreach (var client in bound.Clients.Values) client.Finish(client.Options, file);
        return bound;
    }

    private void Read(ConfItem item)
    {
        if (item is not ConfItem.Stanza stanza) return;
        // Momentum's modules have names of their own, of which a server has no use: there is one.
        if (item.Is(ServerStanza)) Server.Read(stanza);
        else if (item.Is(BoundListener.Name)) Listener.Read(stanza);
        else if (item.Is(ClientStanza)) Client(stanza.Label?.Value ?? "").Read(stanza);
        else if (Stanzas.FirstOrDefault(known => Nearest.IsNear(known, item.Name)) is { } meant)
            _problems.Warn(item.At, item.Name, $"the stanza '{item.Name}' is another module's and is skipped; did you mean {meant}?");
    }

    private BoundStanza<MsgcClientOptions> Client(string label)
    {
        var name = label.Equals(ClientStanza, StringComparison.OrdinalIgnoreCase) ? "" : label;
        if (!_clients.TryGetValue(name, out var client)) _clients[name] = client = new BoundStanza<MsgcClientOptions>(ClientStanza, ClientSettings.All, _problems);
        return client;
    }
}
