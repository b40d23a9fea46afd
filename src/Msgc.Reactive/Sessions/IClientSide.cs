using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>What a client does with a session's frames; called inside the client's turn, one at a time.</summary>
internal interface IClientSide
{
    /// <summary>True while an observer waits with a full queue: nothing more is handled then.</summary>
    bool IsHeld { get; }

    /// <summary>A received block is about to be handled: the one time to look at the clock.</summary>
    void OnBlock();

    /// <summary>A frame's messages; its bytes are there during the call only.</summary>
    /// <param name="session">Who brought them: none is handled once it has ended.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="first">The first that is not handled yet.</param>
    /// <returns>The first that is still not, since an observer waits, or their number.</returns>
    int OnMessages(ClientSession session, ReadOnlySpan<byte> frame, int first);

    void OnJoined(ClientSession session, ReadOnlySpan<byte> group, bool isComplete);

    void OnLeft(ClientSession session, ReadOnlySpan<byte> group);

    void OnView(ReadOnlySpan<byte> group, bool first, bool last, bool snapshot, UInt128 viewId, MsgcViewCause cause, List<ViewEntry> entries);

    /// <summary>A link between this server and that one was lost, or came up: messages may be missing in every group.</summary>
    void OnLinkGap(string server);

    /// <summary>The server is stopping, and serves on for a while.</summary>
    void OnDraining(ClientSession session);

    /// <summary>All that this session was to take and to bring before the client leaves it has been handled.</summary>
    void OnDrained(ClientSession session);

    /// <summary>The last observer that held the reading up has room again.</summary>
    void OnReleased();
}
