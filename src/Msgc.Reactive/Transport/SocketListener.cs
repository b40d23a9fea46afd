using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Msgc.Reactive.Transport;

/// <summary>A listening socket and the loop that accepts.</summary>
internal sealed class SocketListener : IMsgcListener
{
    // Out of descriptors or memory: the connection stays in the kernel's queue, so trying again at once would only burn the processor, and
    // what would set one free need not be ours. Sockets live in real time, whatever scheduler drives the rest. Made beforehand: without
    // descriptors not even an assembly can be loaded.
    private readonly IObservable<long> _retryPause = Observable.Timer(TimeSpan.FromMilliseconds(100), DefaultScheduler.Instance);

    private readonly Socket _socket;
    private volatile MsgcSocketOptions _options;
    private Task? _accepting;
    private int _accepted;
    private volatile bool _disposed;

    public SocketListener(Socket socket, MsgcEndpoint endpoint, MsgcSocketOptions options)
    {
        _socket = socket;
        _options = options;
        Endpoint = socket.LocalEndPoint is IPEndPoint bound ? MsgcEndpoint.Tcp(endpoint.Host, bound.Port) : endpoint;
    }

    public MsgcEndpoint Endpoint { get; }

    public MsgcSocketOptions Options
    {
        get => _options;
        set
        {
            try
            {
                if (value with { TcpBufferSize = _options.TcpBufferSize } != _options) SocketBinding.Listen(_socket, value);
            }
            catch (Exception error)
            {
                throw SocketTransport.CannotListen(Endpoint, error);
            }
            _options = value;
        }
    }

    /// <summary>The loop, from start to disposal; it never faults.</summary>
    public Task Completion => _accepting ?? Task.CompletedTask;

    public void Start(Action<IMsgcConnection> accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        if (_accepting is not null) throw new InvalidOperationException("The listener was started before.");
        _accepting = AcceptAsync(accepted);
    }

    public void Dispose()
    {
        _disposed = true;
        _socket.Dispose(); // removes a unix socket's file as well
    }

    private async Task AcceptAsync(Action<IMsgcConnection> accepted)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_disposed)
        {
            try
            {
                HandOver(await _socket.AcceptAsync().ConfigureAwait(false), accepted);
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // One that gave up in the queue.
            }
            catch (Exception) when (!_disposed)
            {
                await _retryPause;
            }
            catch (Exception)
            {
                return;
            }
        }
    }

    private void HandOver(Socket socket, Action<IMsgcConnection> accepted)
    {
        SocketConnection connection;
        try
        {
            var address = socket.RemoteEndPoint;
            SocketAddresses.Configure(socket, address, _options);
            var remote = Endpoint.Path is { } path ? $"{path}#{++_accepted}" : SocketAddresses.Describe(address);
            connection = new SocketConnection(socket, remote, _options.Threads?.TryTake());
        }
        catch (SocketException)
        {
            socket.Dispose(); // the far end has reset it already
            return;
        }
        if (_disposed)
        {
            connection.Abort(MsgcCause.Closed);
            return;
        }
        try
        {
            accepted(connection);
        }
        catch (Exception)
        {
            connection.Abort(MsgcCause.Transport); // one failed hand-over must not stop the listener
        }
    }
}
