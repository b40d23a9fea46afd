using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Testing.Network;

/// <summary>One dial under way, and once it has succeeded the owner of its connection.</summary>
internal sealed class Attempt(
    SimulatedNetwork network, SimulatedHost from, MsgcEndpoint endpoint, MsgcSocketOptions options, IObserver<IMsgcConnection> observer) : IDisposable
{
    private readonly string _targetName = from.IsHere(endpoint) ? from.Name : endpoint.Host;
    private SeededRandom _random = network.NextRandom();
    private SimulatedConnection? _connection;
    private bool _done;

    public string TargetName => _targetName;

    /// <summary>Its place among those that hang, if it does.</summary>
    public LinkedListNode<Attempt>? Hanging { get; set; }

    private Route There => network.GetRoute(from.Name, _targetName);

    private Route Back => network.GetRoute(_targetName, from.Name);

    /// <summary>The connect's packet leaves; its answer is back after a round trip.</summary>
    public void Begin() => network.Schedule(this, There.Delay(ref _random) + Back.Delay(ref _random), static attempt => attempt.Answer());

    public bool Uses(Route route) => There == route || Back == route;

    public void Dispose()
    {
        _done = true;
        if (Hanging is not null) network.Unhang(this);
        _connection?.Abort(MsgcCause.Closed);
    }

    private void Answer()
    {
        if (_done) return;
        var target = network.FindHost(_targetName);
        if (There.IsMuted || Back.IsMuted || target?.Connects == Connects.Swallowed) network.Hang(this);
        else if (target?.Connects == Connects.Accepted && target.Find(endpoint) is { } listener) Connect(target, listener);
        else Refuse();
    }

    private void Connect(SimulatedHost target, SimulatedListener listener)
    {
        var near = endpoint.Path is null ? from.NextOutboundAddress(options) : listener.NextUnixAddress();
        _connection = network.Connect(from, target, endpoint.ToString(), near, options.TcpBufferSize, listener.Options.TcpBufferSize);
        listener.Offer(_connection.Far);
        from.Process.Run(this, static attempt => attempt.TellConnected());
    }

    private void Refuse()
    {
        network.TraceRefusal(from.Name, _targetName);
        from.Process.Run(this, static attempt => attempt.TellRefused());
    }

    private void TellConnected()
    {
        if (!_done) observer.OnNext(_connection!);
    }

    private void TellRefused()
    {
        if (_done) return;
        _done = true;
        observer.OnError(new MsgcConnectionException(MsgcCause.Transport, $"Cannot connect to {endpoint}: connection refused"));
    }
}
