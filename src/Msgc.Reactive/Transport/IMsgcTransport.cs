namespace Msgc.Reactive.Transport;

/// <summary>Makes connections: sockets by default, a simulated network in tests. Implementations are thread-safe.</summary>
public interface IMsgcTransport
{
    /// <summary>
    /// Cold. Each subscription dials once and emits one connection that is not started, then stays silent; the subscription owns the
    /// connection, and its disposal aborts the dial or the connection. A dial that fails errors with <see cref="MsgcConnectionException"/>
    /// of cause <see cref="MsgcCause.Transport"/>. How long a dial may take is the caller's to say.
    /// </summary>
    IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint, MsgcSocketOptions options);

    /// <summary>Binds and returns the listener; connections are accepted once it is started.</summary>
    /// <exception cref="MsgcConnectionException">The endpoint cannot be bound; the message names it and says why.</exception>
    IMsgcListener Listen(MsgcEndpoint endpoint, MsgcSocketOptions options);
}
