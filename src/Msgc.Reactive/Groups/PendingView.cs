using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Groups;

/// <summary>
/// What one watcher of a group has yet to be told. Changes merge until they are written, so that a watcher that does not read costs no
/// more than the group has members.
/// </summary>
internal sealed class PendingView<T>(byte[] group, Roster<T> roster)
    where T : class
{
    private readonly Dictionary<ulong, ViewEntry> _changes = [];
    private List<ViewEntry>? _writing;
    private UInt128 _writingId;
    private byte _writingCause;
    private bool _writingSnapshot;
    private int _next;
    private bool _snapshot;
    private byte _cause;

    /// <summary>True while there is something to be told that nobody is about to write.</summary>
    public bool IsQueued { get; private set; }

    /// <summary>The whole view is to be told, whatever was before. True when it has to be queued for that.</summary>
    public bool Snapshot()
    {
        _snapshot = true;
        _cause = (byte)MsgcViewCause.Current;
        _changes.Clear();
        return Queue();
    }

    /// <summary>A member came or went. True when it has to be queued for that.</summary>
    public bool Change(bool joined, RosterMember<T> member, MsgcViewCause cause)
    {
        if (_snapshot) return false;
        _cause = (byte)cause;
        var before = _changes.TryGetValue(member.Client, out var entry) ? entry : default(ViewEntry?);
        if (joined && before is { Kind: ViewEntryKind.Left } left)
        {
            if (left.ServerName == member.ServerName) _changes.Remove(member.Client);
            else _changes[member.Client] = Entry(ViewEntryKind.Moved, member);
        }
        else if (!joined && before is { Kind: ViewEntryKind.Joined })
        {
            _changes.Remove(member.Client);
        }
        else
        {
            _changes[member.Client] = Entry(joined ? ViewEntryKind.Joined : ViewEntryKind.Left, member);
        }
        return Queue();
    }

    /// <summary>The next chunk, or null when all is told.</summary>
    public byte[]? Next()
    {
        if (_writing is null)
        {
            IsQueued = false;
            if (!_snapshot && _changes.Count == 0) return null;
            Begin();
        }
        else if (_next == _writing.Count)
        {
            _writing = null;
            return null;
        }
        return ViewFrame.Write(group, _writingId, _writingCause, _writingSnapshot, _writing!, ref _next);
    }

    /// <summary>What is told is fixed now; what changes while its chunks are written is told after it.</summary>
    private void Begin()
    {
        _writing = _snapshot ? [.. roster.Members.Select(m => Entry(ViewEntryKind.Present, m))] : [.. _changes.Values];
        _writingSnapshot = _snapshot;
        _writingId = roster.ViewId;
        _writingCause = _cause;
        _next = 0;
        _snapshot = false;
        _changes.Clear();
    }

    private bool Queue()
    {
        if (IsQueued) return false;
        return IsQueued = true;
    }

    private static ViewEntry Entry(ViewEntryKind kind, RosterMember<T> member) => new(kind, member.Client, member.ClientName, member.ServerName);
}
