using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// Holds what arrives over a session that a client is moving to, until the old one has brought everything: then it is released, in order.
/// Overflow rule: from what does not fit into MaxBacklog and MaxBacklogBytes on everything is
/// dropped, and told as a gap behind what was held. Acknowledgements pass at once. Inside the client's turn. (contract, "§6")
/// </summary>
/// <param name="successor">The session it holds for.</param>
/// <param name="side">Where everything goes in the end.</param>
/// <param name="limits">The limits in force.</param>
/// <param name="tellDropped">So many of a group's messages were dropped; unknown ones of any group's, where both are null.</param>
internal sealed class HeldSide(ClientSession successor, IClientSide side, Func<BacklogLimits> limits, Action<byte[]?, long?> tellDropped) : IClientSide
{
    private readonly Dictionary<byte[], long> _dropped = new(GroupName.Comparer.Instance);
    private Queue<Held> _held = new();
    private Load _used;
    private bool _isFull;
    private bool _droppedGap;
    private bool _isDraining;
    private bool _isReleasing;

    public bool IsHeld => side.IsHeld;

    public void OnBlock() => side.OnBlock();

    public int OnMessages(ClientSession session, ReadOnlySpan<byte> frame, int first)
    {
        if (TryPass()) return side.OnMessages(session, frame, first);
        var messages = MessageFrame.Messages(frame);
        var payload = MessageFrame.FirstPayload(frame, out var rest);
        for (var i = 0; ; i++)
        {
            if (i >= first) Hold(MessageFrame.Name(frame), MessageFrame.Sender(frame), MessageFrame.Number(frame) + (ulong)i, payload);
            if (i + 1 == messages) return messages;
            payload = MessageFrame.NextPayload(ref rest);
        }
    }

    public void OnJoined(ClientSession session, ReadOnlySpan<byte> group, bool isComplete) => side.OnJoined(session, group, isComplete);

    /// <summary>What came before a leave was acknowledged is not wanted, even if the group has been joined again since.</summary>
    public void OnLeft(ClientSession session, ReadOnlySpan<byte> group)
    {
        var rest = new Queue<Held>();
        foreach (var held in _held)
        {
            if (held.Other is not null || !MessageFrame.Name(held.Message).SequenceEqual(group)) rest.Enqueue(held);
            else _used -= new Load(1, held.Message!.Length);
        }
        _held = rest;
        _dropped.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(group);
        side.OnLeft(session, group);
    }

    /// <summary>A chunk that does not fit is dropped without a word: no view was asked for here yet, and the first one asked for is whole.</summary>
    public void OnView(ReadOnlySpan<byte> group, bool first, bool last, bool snapshot, UInt128 viewId, MsgcViewCause cause, List<ViewEntry> entries)
    {
        if (TryPass())
        {
            side.OnView(group, first, last, snapshot, viewId, cause, entries);
            return;
        }
        var (name, copy) = (group.ToArray(), new List<ViewEntry>(entries));
        if (TryReserve(Frame.SmallestMaxBytes)) _held.Enqueue(new Held(null, s => s.OnView(name, first, last, snapshot, viewId, cause, copy)));
    }

    public void OnLinkGap(string server)
    {
        if (TryPass()) side.OnLinkGap(server);
        else if (TryReserve(server.Length)) _held.Enqueue(new Held(null, s => s.OnLinkGap(server)));
        else _droppedGap = true;
    }

    /// <summary>In its place, too: the client goes on from there once it has come here.</summary>
    public void OnDraining(ClientSession session)
    {
        if (TryPass())
        {
            side.OnDraining(session);
            return;
        }
        if (!_isDraining) _held.Enqueue(new Held(null, s => s.OnDraining(session)));
        _isDraining = true;
    }

    public void OnDrained(ClientSession session) => side.OnDrained(session);

    public void OnReleased() => TryPass();

    /// <summary>The session is the client's ordinary one: everything goes to the side behind, to which the session speaks itself after that.</summary>
    public void Release()
    {
        _isReleasing = true;
        if (_droppedGap) _held.Enqueue(new Held(null, _ => tellDropped(null, null)));
        else foreach (var (group, count) in _dropped) _held.Enqueue(new Held(null, _ => tellDropped(group, count)));
        TryPass();
    }

    /// <summary>Releases as much as the observers take; true once nothing is left.</summary>
    private bool TryPass()
    {
        if (!_isReleasing) return false;
        while (_held.Count > 0)
        {
            // What a lost session has brought and nobody has taken is lost with it, as in any session's inbox.
            if (side.IsHeld || successor.End is not null) return false;
            var held = _held.Dequeue();
            if (held.Other is { } other) other(side);
            else side.OnMessages(successor, held.Message, 0);
        }
        successor.Side = side;
        return true;
    }

    private void Hold(ReadOnlySpan<byte> group, ulong sender, ulong number, ReadOnlySpan<byte> payload)
    {
        var length = MessageFrame.LengthOf(group.Length, payload.Length);
        if (TryReserve(length))
        {
            var frame = new byte[length];
            MessageFrame.Write(frame, sender, number, group, payload);
            _held.Enqueue(new Held(frame, null));
            return;
        }
        var dropped = _dropped.GetAlternateLookup<ReadOnlySpan<byte>>();
        dropped[group] = dropped.TryGetValue(group, out var count) ? count + 1 : 1;
    }

    /// <summary>During the release the reading stops when the observers do, so that only what is held before has to be bounded.</summary>
    private bool TryReserve(int bytes)
    {
        var used = _used + new Load(1, bytes);
        _isFull |= !_isReleasing && !used.Fits(limits().Full);
        if (_isFull && !_isReleasing) return false;
        _used = used;
        return true;
    }

    /// <summary>A message in a frame of its own, or something else by what has to be done with it.</summary>
    private readonly record struct Held(byte[]? Message, Action<IClientSide>? Other);
}
