using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>Who is at the far end of a server's session: a client or a peer. Decides what its control frames do and whose messages it may send.</summary>
internal abstract class FarEnd
{
    /// <summary>For logs.</summary>
    public abstract string Name { get; }

    /// <summary>The id that all its messages carry; null when they may be anybody's.</summary>
    public abstract ulong? Sender { get; }

    /// <summary>True: its own messages do not go back to it.</summary>
    public abstract bool NoEcho { get; }

    /// <summary>Handles a control frame whose shape was checked; false when it may not come from there.</summary>
    public abstract bool TryHandle(Frame frame);

    /// <summary>Messages from there were queued to all of their recipients.</summary>
    public abstract void Handled(int messages);

    /// <summary>A no-op to it.</summary>
    public abstract byte[] NoOp();

    /// <summary>The no-op was queued, and may have been sent.</summary>
    public abstract void NoOpSent(byte[] frame);
}
