using System.Collections.Immutable;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Groups;

/// <summary>A client's knowledge of one group's members, put together from view frames.</summary>
internal sealed class KnownView(string group)
{
    private static readonly ImmutableSortedSet<MsgcMember> Empty =
        ImmutableSortedSet.Create<MsgcMember>(Comparer<MsgcMember>.Create(static (a, b) => a.Id.CompareTo(b.Id)));

    private ImmutableSortedSet<MsgcMember> _members = Empty;
    private ImmutableSortedSet<MsgcMember> _pending = Empty;
    private bool _begun;
    private bool _moved;
    private readonly List<MsgcMember> _joined = [];
    private readonly List<MsgcMember> _left = [];

    /// <summary>The view last pushed; null before the first.</summary>
    public MsgcView? Current { get; private set; }

    /// <summary>Takes a chunk; the view when the last one changes anything.</summary>
    public MsgcView? Apply(bool first, bool last, bool snapshot, UInt128 viewId, MsgcViewCause cause, List<ViewEntry> entries)
    {
        // Before the first snapshot only what an earlier watch is owed can come, and nobody is left who wants that.
        _begun |= first && snapshot;
        if (!_begun) return null;
        if (first)
        {
            _pending = snapshot ? Empty : _members;
            _joined.Clear();
            _left.Clear();
        }
        foreach (var entry in entries) Apply(entry);
        if (!last) return null;

        var before = _members;
        _members = _pending;
        if (snapshot)
        {
            var moved = _moved;
            _moved = false;
            if (Current is not null && _members.SequenceEqual(before)) return null;
            _joined.AddRange(_members.Where(m => !before.Contains(m)));
            _left.AddRange(before.Where(m => !_members.Contains(m)));
            if (moved && _joined.Count + _left.Count == 0) cause = MsgcViewCause.Shutdown;
        }
        return Current = new MsgcView(group, new MsgcViewId(viewId), _members, _joined.ToArray(), _left.ToArray(), cause);
    }

    /// <summary>
    /// The client has moved from a server that stops to another one: when that one's first word is of the same members, on other servers
    /// perhaps, it is because of that. (contract, "§6")
    /// </summary>
    public void Move() => _moved = Current is not null;

    /// <summary>Nobody watches any more: the next view is a first one.</summary>
    public void Forget()
    {
        _members = _pending = Empty;
        _begun = _moved = false;
        Current = null;
    }

    private void Apply(ViewEntry entry)
    {
        var member = new MsgcMember(new MsgcClientId(entry.Client), entry.ClientName, entry.ServerName);
        _pending = _pending.Remove(member);
        if (entry.Kind == ViewEntryKind.Left) _left.Add(member);
        else _pending = _pending.Add(member);
        if (entry.Kind == ViewEntryKind.Joined) _joined.Add(member);
    }
}
