using System.Net;
using System.Net.Sockets;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Transport;

/// <summary>One subscription to a dial: connects, emits, and owns the connection until disposed of.</summary>
internal sealed class SocketDial : IDisposable
{
    private readonly MsgcEndpoint _endpoint;
    private readonly MsgcSocketOptions _options;
    private readonly CancellationTokenSource _disposed = new();
    private readonly SingleAssignmentDisposable _connection = new();

    public SocketDial(MsgcEndpoint endpoint, MsgcSocketOptions options, IObserver<IMsgcConnection> observer)
    {
        _endpoint = endpoint;
        _options = options;
        Completion = RunAsync(observer, _disposed.Token);
    }

    /// <summary>Completes when the dial has connected, failed or been given up.</summary>
    public Task Completion { get; }

    public void Dispose()
    {
        _disposed.Cancel();
        _connection.Dispose();
    }

    private async Task RunAsync(IObserver<IMsgcConnection> observer, CancellationToken cancel)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // no emission and no look-up inside Subscribe
        SocketConnection connection;
        try
        {
            connection = await ConnectAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            if (!cancel.IsCancellationRequested)
                observer.OnError(new MsgcConnectionException(MsgcCause.Transport, $"Cannot connect to {_endpoint}: {error.Message}", error));
            return;
        }
        _connection.Disposable = Disposable.Create(connection, static connection => connection.Abort(MsgcCause.Closed)); // at once if too late
        if (!cancel.IsCancellationRequested) observer.OnNext(connection);
    }

    private async Task<SocketConnection> ConnectAsync(CancellationToken cancel)
    {
        var locals = await SocketAddresses.ResolveBindAddressAsync(_options, cancel).ConfigureAwait(false);
        Exception? failure = null;
        foreach (var remote in await SocketAddresses.ResolveAsync(_endpoint, cancel).ConfigureAwait(false))
        {
            var local = remote is IPEndPoint ? locals?.FirstOrDefault(address => address.AddressFamily == remote.AddressFamily) : null;
            if (local is null && locals is not null && remote is IPEndPoint) continue;
            try
            {
                return await ConnectAsync(local, remote, cancel).ConfigureAwait(false);
            }
            catch (SocketException error)
            {
                failure ??= error; // the first address is the one most likely meant
            }
        }
        throw failure ?? new SocketException((int)SocketError.AddressFamilyNotSupported);
    }

    private async Task<SocketConnection> ConnectAsync(IPAddress? local, EndPoint remote, CancellationToken cancel)
    {
        var socket = SocketAddresses.CreateSocket(remote, _options);
        var place = remote is IPEndPoint ? _options.Threads?.TryTake() : null; // nothing would end a wait for a unix socket that does not accept
        try
        {
            if (local is not null) socket.Bind(new IPEndPoint(local, 0));
            if (place is null) await socket.ConnectAsync(remote, cancel).ConfigureAwait(false);
            else await ConnectAsync(socket, remote, place, cancel).ConfigureAwait(false);
            // A dial to a free local port can be given that very port to dial from, and TCP then connects it with itself.
            if (remote is IPEndPoint && remote.Equals(socket.LocalEndPoint)) throw new SocketException((int)SocketError.ConnectionRefused);
            return new SocketConnection(socket, SocketAddresses.Describe(remote), place);
        }
        catch
        {
            socket.Dispose();
            place?.Dispose();
            throw;
        }
    }

    // On a thread that waits: the runtime's event loop wakes for whatever comes to a socket that it has once waited for.
    private static async Task ConnectAsync(Socket socket, EndPoint remote, ReceiveThreads.Place place, CancellationToken cancel)
    {
        try
        {
            using var givenUp = cancel.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket);
            await place.RunAsync(() => socket.Connect(remote)).ConfigureAwait(false);
        }
        catch (Exception) when (cancel.IsCancellationRequested)
        {
            // The socket is disposed of, connected or not.
        }
        catch (SocketException error)
        {
            throw new SocketException((int)error.SocketErrorCode); // in the words of the other way to connect
        }
        cancel.ThrowIfCancellationRequested();
    }
}
