using Msgc.Reactive.Framing;

namespace Msgc.Reactive;

/// <summary>Options of a server.</summary>
public sealed record MsgcServerOptions : MsgcOptions
{
    /// <summary>
    /// Where to listen; texts such as <c>*:4809</c> will do. Default, while it is empty: at this server's own entry among <see cref="Peers"/>,
    /// or at <c>127.0.0.1:4809</c> when there is none. An endpoint that stands twice is listened on once, as its last entry says.
    /// </summary>
    public IReadOnlyList<MsgcListenOptions> Listen { get; init; } = [];

    /// <summary>This server's name; default the host's name, cut at the first dot, in lower case. Fixed for life.</summary>
    public string? NodeName { get; init; }

    /// <summary>
    /// All servers of the mesh, name to <c>host[:port]</c> or the path of a unix socket; the same dictionary on all of them: a server skips
    /// itself. Names and hosts have no upper-case letters. Default: none, a server by itself. (<c>peers</c>)
    /// </summary>
    public IReadOnlyDictionary<string, string> Peers { get; init; } = new Dictionary<string, string>();

    /// <summary>The port of peers whose entry names none; default 4809. (<c>port</c>)</summary>
    public int Port { get; init; } = MsgcEndpoint.DefaultPort;

    /// <summary>Known to all servers of the mesh, which refuse peers that do not know it; it does not cross the network. Default: none.</summary>
    public string? PeerSecret { get; init; }

    /// <summary>Decides on a client's credentials: null lets it in, a text refuses it with that reason. Default: everybody.</summary>
    public Func<ReadOnlyMemory<byte>, string?>? Authorize { get; init; }

    internal string Name => NodeName ?? Environment.MachineName.Split('.')[0].ToLowerInvariant();

    /// <inheritdoc/>
    public override void Validate() => Validated();

    /// <summary>These options with <see cref="NodeName"/> and <see cref="Listen"/> as they are in force when they name none.</summary>
    /// <exception cref="ArgumentException">This server's own entry among <see cref="Peers"/> is wrong.</exception>
    public MsgcServerOptions Resolve()
    {
        if (Listen.Count > 0) return this with { NodeName = Name };
        var own = Peers.TryGetValue(Name, out var address) ? ParsePeer(Name, address) : MsgcEndpoint.Tcp("127.0.0.1", MsgcEndpoint.DefaultPort);
        return this with { NodeName = Name, Listen = [own.ToString()] };
    }

    internal MsgcServerOptions Validated()
    {
        ValidateCommon();
        GroupName.Encode(Name, nameof(NodeName));
        if (Port is < 1 or > 65535) throw new ArgumentException($"{nameof(Port)} is {Port}; it must be from 1 to 65535.", nameof(Port));
        if (Peers is null) throw new ArgumentException($"{nameof(Peers)} is null; give an empty dictionary for a server by itself.", nameof(Peers));
        _ = OtherPeers();
        if (Listen is null) throw new ArgumentException($"{nameof(Listen)} is null; give an empty list for the default.", nameof(Listen));
        _ = Listens();
        return this;
    }

    /// <summary>Where to listen and how, each endpoint once.</summary>
    /// <exception cref="ArgumentException">An entry is wrong; the message names it.</exception>
    internal OrderedDictionary<MsgcEndpoint, MsgcListenOptions> Listens()
    {
        var listens = new OrderedDictionary<MsgcEndpoint, MsgcListenOptions>();
        var entries = Resolve().Listen;
        var endpoints = ParseEndpoints([.. entries.Select(entry => entry?.Endpoint ?? "")], nameof(Listen));
        for (var i = 0; i < endpoints.Length; i++)
        {
            if (entries[i].AcceptQueueBacklog < 1)
                throw new ArgumentException($"{nameof(Listen)}[{i}] has an {nameof(MsgcListenOptions.AcceptQueueBacklog)} of {entries[i].AcceptQueueBacklog}; it must be at least 1.", nameof(Listen));
            listens[endpoints[i]] = entries[i];
        }
        return listens;
    }

    /// <summary>The peers but for this server itself, ordered by name.</summary>
    /// <exception cref="ArgumentException">An entry is wrong; the message names it.</exception>
    internal SortedDictionary<string, MsgcEndpoint> OtherPeers()
    {
        var peers = new SortedDictionary<string, MsgcEndpoint>(StringComparer.Ordinal);
        if (Peers.Count > 0 && Name.Any(char.IsUpper))
            throw new ArgumentException($"{nameof(NodeName)} is '{Name}'; a server with peers has a name without upper-case letters.", nameof(NodeName));
        foreach (var (name, address) in Peers)
        {
            var endpoint = ParsePeer(name, address);
            if (name != Name) peers.Add(name, endpoint);
        }
        return peers;
    }

    private MsgcEndpoint ParsePeer(string name, string? address)
    {
        var entry = $"{nameof(Peers)}[{name}]";
        GroupName.Encode(name, nameof(Peers));
        if (name.Any(char.IsUpper)) throw new ArgumentException($"{entry} has an upper-case letter in its name; write '{name.ToLowerInvariant()}'.", nameof(Peers));
        if (address is null || !(MsgcEndpoint.TryParse(address, null, out var endpoint) || MsgcEndpoint.TryParse($"{address}:{Port}", null, out endpoint))
            || endpoint is { Path: null, Host: "" } or { Path: null, Port: 0 })
            throw new ArgumentException($"{entry} is '{address}'; write host, host:port, [v6]:port or the absolute path of a unix socket.", nameof(Peers));
        if (endpoint.Host.Any(char.IsUpper))
            throw new ArgumentException($"{entry} is '{address}', which has an upper-case letter in its host; write '{address.ToLowerInvariant()}'.", nameof(Peers));
        return endpoint;
    }

    internal MsgcServerOptions ValidatedChangeOf(MsgcServerOptions before)
    {
        FixedCommon(before);
        Fixed(Name, before.Name, nameof(NodeName));
        return Validated();
    }

    internal static MsgcEndpoint[] ParseEndpoints(IReadOnlyList<string> texts, string option)
    {
        var endpoints = new MsgcEndpoint[texts.Count];
        for (var i = 0; i < endpoints.Length; i++)
        {
            if (!MsgcEndpoint.TryParse(texts[i], null, out var endpoint))
                throw new ArgumentException($"{option}[{i}] is '{texts[i]}'; write host:port, *:port, :port, [v6]:port or the absolute path of a unix socket.", option);
            endpoints[i] = endpoint;
        }
        return endpoints;
    }
}
