using System.Globalization;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Testing.Network;

/// <summary>What a host does with connects.</summary>
internal enum Connects
{
    Accepted,
    Refused,
    Swallowed,
}

/// <summary>A host as its programs see it: the transport, and what is bound on it.</summary>
internal sealed class SimulatedHost(SimulatedNetwork network, string name, SimulatedProcess process) : IMsgcTransport
{
    private const int FirstOutboundPort = 32768;
    private const int FirstFreePort = 49152;
    private readonly Dictionary<string, SimulatedListener> _listeners = new(StringComparer.Ordinal); // by port or path
    private int _outboundPort = FirstOutboundPort - 1;

    public string Name => name;

    public SimulatedProcess Process => process;

    public Connects Connects { get; set; }

    public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        return new Dialling(network, this, endpoint, options);
    }

    public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        if (!IsHere(endpoint)) throw CannotListen(endpoint, $"it is not an address of host '{name}'");
        var bound = endpoint is { Path: null, Port: 0 } ? MsgcEndpoint.Tcp(endpoint.Host, FreePort(endpoint)) : endpoint;
        var listener = new SimulatedListener(network, this, bound, options);
        return _listeners.TryAdd(Key(bound), listener) ? listener : throw CannotListen(endpoint, "the address is in use");
    }

    public SimulatedListener? Find(MsgcEndpoint endpoint) => _listeners.GetValueOrDefault(Key(endpoint));

    public void Unbind(SimulatedListener listener) => _listeners.Remove(Key(listener.Endpoint));

    public bool IsHere(MsgcEndpoint endpoint) =>
        endpoint.Path is not null || endpoint.Host is "" or "127.0.0.1" or "localhost" or "::1"
        || string.Equals(endpoint.Host, name, StringComparison.Ordinal);

    /// <summary>The near address of the next dial, for the far end's logs.</summary>
    public string NextOutboundAddress(MsgcSocketOptions options)
    {
        _outboundPort = _outboundPort + 1 == FirstFreePort ? FirstOutboundPort : _outboundPort + 1;
        return string.Create(CultureInfo.InvariantCulture, $"{options.BindAddress ?? name}:{_outboundPort}");
    }

    private static string Key(MsgcEndpoint endpoint) => endpoint.Path ?? endpoint.Port.ToString(CultureInfo.InvariantCulture);

    private static MsgcConnectionException CannotListen(MsgcEndpoint endpoint, string why) =>
        new(MsgcCause.Transport, $"Cannot listen on {endpoint}: {why}");

    private int FreePort(MsgcEndpoint endpoint)
    {
        for (var port = FirstFreePort; port <= 65535; port++)
        {
            if (!_listeners.ContainsKey(port.ToString(CultureInfo.InvariantCulture))) return port;
        }
        throw CannotListen(endpoint, "no port is free");
    }
}
