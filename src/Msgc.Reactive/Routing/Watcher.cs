using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>A session that wants to know a group's members. What it is told is written when its turn comes, and begins with a snapshot.</summary>
internal sealed class Watcher(Lock gate, Outbox outbox, PendingView pending, ServerCounts? counts = null) : ILateFrames
{
    private bool _begun;

    public void Snapshot()
    {
        _begun = true;
        if (pending.Snapshot()) outbox.Control(this);
    }

    public void Change(ViewEntryKind kind, RosterMember member, MsgcViewCause cause)
    {
        if (_begun && pending.Change(kind, member, cause)) outbox.Control(this);
    }

    public byte[]? Next()
    {
        lock (gate)
        {
            if (pending.Next() is not { } frame) return null;
            counts?.View();
            return frame;
        }
    }
}
