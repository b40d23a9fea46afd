namespace Msgc.Reactive.Transport;

/// <summary>
/// A stream of bytes in both directions, push-style: no tasks, no time. Calls come from any thread unless said otherwise; answers go
/// to the handler given to <see cref="Start"/>.
/// </summary>
public interface IMsgcConnection
{
    /// <summary>The far end, for logs: an address, or for an accepted unix socket the listener's path and a running number.</summary>
    string RemoteAddress { get; }

    /// <summary>Begins to receive; called once. Nothing received earlier is lost.</summary>
    void Start(IMsgcConnectionHandler handler);

    /// <summary>
    /// Stops receiving after the call of <see cref="IMsgcConnectionHandler.OnReceived"/> in progress. Called from within that, or before
    /// <see cref="Start"/>; calling it again changes nothing. While paused, the far end's close is not noticed unless a send fails.
    /// </summary>
    void Pause();

    /// <summary>Goes on receiving after <see cref="Pause"/>, even when called before the pausing <c>OnReceived</c> has returned.</summary>
    void Resume();

    /// <summary>
    /// Sends all bytes of the batch in order. One send at a time: the next follows <see cref="IMsgcConnectionHandler.OnSent"/>, which may
    /// be called before this returns, and after the answer to what was sent was received. Not before <see cref="Start"/>. List and bytes stay untouched until then, or until <see cref="IMsgcConnectionHandler.OnEnded"/>.
    /// After the end it does nothing.
    /// </summary>
    void Send(IList<ArraySegment<byte>> batch);

    /// <summary>Ends the connection at once, with this cause unless it has ended already. Sent bytes still travel; unsent ones do not.</summary>
    void Abort(MsgcCause cause);
}
