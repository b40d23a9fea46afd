using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>What a client does with its session's frames; called inside the client's turn, one at a time.</summary>
internal interface IClientSide
{
    /// <summary>True while an observer waits with a full queue: nothing more is handled then.</summary>
    bool IsHeld { get; }

    /// <summary>A received block is about to be handled: the one time to look at the clock.</summary>
    void OnBlock();

    /// <summary>A message; the memory is the frame's and is never written again.</summary>
    void OnMessage(ReadOnlyMemory<byte> frame);

    void OnJoined(ReadOnlySpan<byte> group);

    void OnLeft(ReadOnlySpan<byte> group);

    void OnView(ReadOnlySpan<byte> group, bool first, bool last, bool snapshot, UInt128 viewId, MsgcViewCause cause, List<ViewEntry> entries);
}
