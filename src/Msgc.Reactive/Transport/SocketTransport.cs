using System.Reactive.Linq;

namespace Msgc.Reactive.Transport;

/// <summary>
/// TCP and unix sockets. An endpoint without a host is dialled at loopback and listened on at all interfaces, IPv6 and IPv4 alike where
/// there are both; the addresses behind a host name are dialled in turn, and the first is listened on. Callbacks come on thread-pool
/// threads, or what is received on a thread of the connection's own, apart from <see cref="IMsgcConnectionHandler.OnSent"/>, which also comes
/// from within <see cref="IMsgcConnection.Send"/>.
/// </summary>
public sealed class SocketTransport : IMsgcTransport
{
    /// <inheritdoc/>
    public IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        return Observable.Create<IMsgcConnection>(observer => new SocketDial(endpoint, options, observer));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// A port is free again as soon as its listener is disposed of, even while old connections linger. The file of a unix socket that
    /// nobody listens on any more is replaced; disposal removes it. When the process is out of descriptors or memory, accepting pauses
    /// for 100 ms at a time; meanwhile connections wait in the kernel's queue.
    /// </remarks>
    public IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            return new SocketListener(SocketBinding.Bind(endpoint, options), endpoint, options);
        }
        catch (Exception error)
        {
            throw CannotListen(endpoint, error);
        }
    }

    internal static MsgcConnectionException CannotListen(MsgcEndpoint endpoint, Exception error) =>
        new(MsgcCause.Transport, $"Cannot listen on {endpoint}: {error.Message}", error);
}
