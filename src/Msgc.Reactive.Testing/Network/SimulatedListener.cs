using System.Globalization;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Testing.Network;

/// <summary>A bound endpoint of a host. What connects before <see cref="Start"/> waits, as in a kernel's accept queue.</summary>
internal sealed class SimulatedListener(SimulatedNetwork network, SimulatedHost host, MsgcEndpoint endpoint, MsgcSocketOptions options)
    : IMsgcListener
{
    private readonly Queue<SimulatedConnection> _waiting = new();
    private Action<IMsgcConnection>? _accepted;
    private bool _disposed;
    private int _numbers;

    public MsgcEndpoint Endpoint => endpoint;

    public MsgcSocketOptions Options { get; set; } = options;

    /// <summary>A dialler at a unix socket has no address of its own: the listener's path and a running number.</summary>
    public string NextUnixAddress() => string.Create(CultureInfo.InvariantCulture, $"{endpoint.Path}#{++_numbers}");

    public void Start(Action<IMsgcConnection> accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_accepted is not null) throw new InvalidOperationException("The listener was started before.");
        _accepted = accepted;
        if (_waiting.Count > 0) network.Schedule(this, 0, static listener => listener.AcceptWaiting());
    }

    /// <summary>A connection has come in.</summary>
    public void Offer(SimulatedConnection connection)
    {
        _waiting.Enqueue(connection);
        if (_accepted is not null) AcceptWaiting();
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        host.Unbind(this);
        while (_waiting.TryDequeue(out var connection))
        {
            connection.Reset("The listener closed before it accepted.");
            connection.Far.Reset("The listener closed before it accepted.");
        }
    }

    private void AcceptWaiting() => host.Process.Run(this, static listener =>
    {
        while (!listener._disposed && listener._waiting.TryDequeue(out var connection)) listener._accepted!(connection);
    });
}
