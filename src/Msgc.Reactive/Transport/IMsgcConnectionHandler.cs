namespace Msgc.Reactive.Transport;

/// <summary>
/// Hears what a connection does. <see cref="GetBuffer"/> and <see cref="OnReceived"/> come one at a time, so does <see cref="OnSent"/>;
/// sending and receiving may overlap, except under a user's scheduler. <see cref="OnEnded"/> comes once, when no other call is in
/// progress, and is the last one.
/// </summary>
public interface IMsgcConnectionHandler
{
    /// <summary>Where the next received bytes go: at least one byte. Asked for when bytes are there, so an idle connection holds no buffer.</summary>
    Memory<byte> GetBuffer();

    /// <summary>So many bytes were written to the start of the buffer last gotten; at least 1.</summary>
    void OnReceived(int bytes);

    /// <summary>The batch was sent: its buffers are the caller's again.</summary>
    void OnSent();

    /// <summary>The connection has ended and touches no buffer any more.</summary>
    /// <param name="cause">The first cause.</param>
    /// <param name="error">What went wrong below, if anything.</param>
    void OnEnded(MsgcCause cause, Exception? error);
}
