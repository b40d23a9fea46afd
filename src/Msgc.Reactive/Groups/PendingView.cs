using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Groups;

/// <summary>
/// What one watcher of a group has yet to be told. Changes merge until they are written, so that a watcher that does not read costs no
/// more than the group has members. A peer that watches is told of one server's members only.
/// </summary>
/// <param name="group">The group's name.</param>
/// <param name="roster">Its members.</param>
/// <param name="server">Null for all members, or whose members count.</param>
internal sealed class PendingView(byte[] group, Roster roster, string? server = null)
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

    /// <summary>A member came, went or moved. True when it has to be queued for that.</summary>
    public bool Change(ViewEntryKind kind, RosterMember member, MsgcViewCause cause)
    {
        if (_snapshot) return false;
        _cause = (byte)cause;
        var before = _changes.TryGetValue(member.Client, out var entry) ? entry : default(ViewEntry?);
        // A peer goes by sessions: whoever left and came back has another one, and one that came and went may have been known before.
        var now = server is not null ? kind : (before?.Kind, kind) switch
        {
            (ViewEntryKind.Left, ViewEntryKind.Joined) when before!.Value.ServerName == member.ServerName => default(ViewEntryKind?),
            (ViewEntryKind.Left, ViewEntryKind.Joined) => ViewEntryKind.Moved,
            (ViewEntryKind.Joined, ViewEntryKind.Left) => null,
            (ViewEntryKind.Joined, ViewEntryKind.Moved) => ViewEntryKind.Joined,
            _ => kind,
        };
        if (now is { } told) _changes[member.Client] = Entry(told, member);
        else _changes.Remove(member.Client);
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
        _writing = _snapshot
            ? [.. roster.Members.Where(m => server is null || m.ServerName == server).Select(m => Entry(ViewEntryKind.Present, m))]
            : [.. _changes.Values];
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

    private static ViewEntry Entry(ViewEntryKind kind, RosterMember member) => new(kind, member.Client, member.Session, member.ClientName, member.ServerName);
}
