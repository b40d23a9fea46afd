using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>
/// One group as a server knows it: who gets its messages, and who wants to know its members. Under the table's gate, but for the recipients.
/// There may be a million of them, so it has no more than each needs.
/// </summary>
internal sealed class Route(RouteTable table, byte[] group) : IRoute
{
    private long _messages;
    private ServerSession[]? _recipients;
    private ServerSession[]? _localRecipients;
    private RecipientSets<ServerSession>.Set? _held;
    private Recipients<ServerSession> _local = Recipients<ServerSession>.None;
    private Recipients<ServerSession> _links = Recipients<ServerSession>.None;
    private Recipients<ServerSession>? _joining;

    public byte[] Group => group;

    /// <summary>The sessions of members here.</summary>
    public Recipients<ServerSession> Local => _local;

    /// <summary>Sessions whose join is acknowledged once every link has confirmed the interest.</summary>
    public ReadOnlySpan<ServerSession> Joining => _joining is null ? default : _joining.All;

    /// <summary>Counts the groups of this server with members by when they got the first; 0 while this one has none.</summary>
    public ulong Interest { get; set; }

    public Route? NextLocal { get; set; }

    public Route? PreviousLocal { get; set; }

    /// <summary>The members, while somebody watches.</summary>
    public Watch? Watch { get; set; }

    /// <summary>Messages counted while somebody wants to know.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    public bool IsUnused => _local.Count == 0 && _links.Count == 0 && Watch is not ({ Clients.Count: > 0 } or { Peers.Count: > 0 });

    public ServerSession[] Recipients => Volatile.Read(ref _recipients) ?? Gather().All;

    public ServerSession[] LocalRecipients => Volatile.Read(ref _localRecipients) ?? Gather().Local;

    /// <summary>False when it is there already.</summary>
    public bool AddLocal(ServerSession session, ulong serial) => table.Sets.Add(ref _local, session, serial) && Stale();

    /// <summary>False when it is not there.</summary>
    public bool RemoveLocal(ServerSession session) => table.Sets.Remove(ref _local, session) && Stale();

    /// <summary>Messages go to that link's server, too. False when they do already.</summary>
    public bool AddLink(Link link) => table.LinkSets.Add(ref _links, link.Session, link.Serial) && Stale();

    /// <summary>False when it is not there.</summary>
    public bool RemoveLink(Link link) => table.LinkSets.Remove(ref _links, link.Session) && Stale();

    /// <summary>True when it is the first since the last end, even if those before it were removed.</summary>
    public bool AddJoining(ServerSession session, ulong serial)
    {
        var isFirst = _joining is null;
        _joining ??= Recipients<ServerSession>.None;
        table.Sets.Add(ref _joining, session, serial);
        return isFirst;
    }

    /// <summary>False when it is not there.</summary>
    public bool RemoveJoining(ServerSession session) => _joining is not null && table.Sets.Remove(ref _joining, session);

    public void EndJoining()
    {
        if (_joining is not null) table.Sets.Release(ref _joining);
        _joining = null;
    }

    public void Count(int messages)
    {
        Interlocked.Add(ref _messages, messages);
        table.Counted(this);
    }

    public void ForgetMessages() => Interlocked.Exchange(ref _messages, 0);

    public void Close()
    {
        table.Sets.Release(ref _held);
        Volatile.Write(ref _recipients, []);
        Volatile.Write(ref _localRecipients, []);
    }

    private bool Stale()
    {
        Volatile.Write(ref _recipients, null);
        Volatile.Write(ref _localRecipients, null);
        return true;
    }

    private (ServerSession[] All, ServerSession[] Local) Gather()
    {
        lock (table.Gate)
        {
            if (_recipients is not { } all || _localRecipients is not { } local)
            {
                table.Sets.Exchange(ref _held, _local, _links);
                (all, local) = _held is { } held ? (held.All, held.Local) : (_local.ToArray(), _local.ToArray());
                Volatile.Write(ref _recipients, all);
                Volatile.Write(ref _localRecipients, local);
            }
            return (all, local);
        }
    }
}
