using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>What a server does with the frames of its links, each a session with a peer.</summary>
internal interface ILinks
{
    /// <summary>The peer has members of these groups, a list of names as <see cref="InterestFrame"/> has it.</summary>
    void Interest(ServerSession link, ulong serial, ReadOnlySpan<byte> names);

    /// <summary>The peer has no more members of a group, unless it has told so under a higher serial.</summary>
    void NoInterest(ServerSession link, ulong serial, ReadOnlySpan<byte> group);

    /// <summary>The peer knows of all groups up to that serial that we have members of.</summary>
    void Confirmed(ServerSession link, ulong serial);

    /// <summary>The peer wants to be told of our members of a group.</summary>
    void Watch(ServerSession link, ReadOnlySpan<byte> group);

    void Unwatch(ServerSession link, ReadOnlySpan<byte> group);

    /// <summary>A chunk of what the peer tells of its members.</summary>
    void View(ServerSession link, ReadOnlySpan<byte> group, bool first, bool last, bool snapshot, MsgcViewCause cause, List<ViewEntry> entries);

    /// <summary>The peer has answered a flush: all that it had handled before that was for us is here.</summary>
    void Flushed(ServerSession link, ulong id);

    /// <summary>The peer is stopping: its clients are about to move.</summary>
    void Draining(ServerSession link);

    /// <summary>The peer has stopped, and nothing that it had handled is missing.</summary>
    void Drained(ServerSession link);
}
