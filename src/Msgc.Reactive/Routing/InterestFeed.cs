using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>
/// Tells one peer which groups have members here: a summary when the link begins, then each group that gets its first or loses its last
/// member. It goes through the table's list of such groups as the link drains, so nothing piles up. Under the table's gate.
/// </summary>
internal sealed class InterestFeed(RouteTable table, Outbox outbox) : ILateFrames
{
    private Route? _next;
    private ulong _told;
    private bool _isQueued;

    public void Begin()
    {
        _next = table.FirstLocal;
        Queue();
    }

    /// <summary>A group has been added at the list's end.</summary>
    public void Added(Route route)
    {
        _next ??= route;
        Queue();
    }

    /// <summary>A group is about to be removed from the list.</summary>
    public void Removing(Route route)
    {
        if (_next == route) _next = route.NextLocal;
        if (route.Interest <= _told) outbox.Control(InterestFrame.WriteNone(_told, route.Group));
    }

    public byte[]? Next()
    {
        lock (table.Gate)
        {
            var (names, length) = (table.NameBuffer, 0);
            for (; _next is { } route && length + 1 + route.Group.Length <= names.Length; _next = route.NextLocal)
            {
                names[length++] = (byte)route.Group.Length;
                route.Group.CopyTo(names, length);
                length += route.Group.Length;
                _told = route.Interest;
            }
            if (length > 0) return InterestFrame.Write(_told, names.AsSpan(0, length));
            _isQueued = false;
            return null;
        }
    }

    private void Queue()
    {
        if (_isQueued || _next is null) return;
        _isQueued = true;
        outbox.Control(this);
    }
}
