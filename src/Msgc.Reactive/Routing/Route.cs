using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>One group as a server knows it: who gets its messages, and who wants to know its members. Under the table's gate, but for the recipients.</summary>
internal sealed class Route(RouteTable table, byte[] group) : IRoute
{
    private ServerSession[]? _recipients;
    private ServerSession[]? _localRecipients;
    private RecipientSets<ServerSession>.Set? _held;
    private RecipientSets<ServerSession>.Set? _heldLocal;

    public byte[] Group => group;

    /// <summary>The sessions of members here.</summary>
    public Recipients<ServerSession> Local { get; } = new();

    /// <summary>The links to servers that have members; null while there are none.</summary>
    public Recipients<ServerSession>? Links { get; set; }

    /// <summary>Counts the groups of this server with members by when they got the first; 0 while this one has none.</summary>
    public ulong Interest { get; set; }

    public Route? NextLocal { get; set; }

    public Route? PreviousLocal { get; set; }

    /// <summary>Sessions whose join is acknowledged once every link has confirmed the interest.</summary>
    public HashSet<ServerSession>? Joining { get; set; }

    /// <summary>The members, while somebody watches: all that are known while clients do, those here while only peers do.</summary>
    public Roster? Roster { get; set; }

    /// <summary>Clients that watch.</summary>
    public HashSet<Watcher>? Watchers { get; set; }

    /// <summary>Peers that watch, each told of members here only.</summary>
    public HashSet<Watcher>? PeerWatchers { get; set; }

    /// <summary>Links whose members are not known yet, so that watchers have to wait for their first view.</summary>
    public HashSet<Link>? Awaited { get; set; }

    public bool IsWatched => Watchers is { Count: > 0 };

    public bool IsUnused => Local.Count == 0 && Links is not { Count: > 0 } && !IsWatched && PeerWatchers is not { Count: > 0 };

    public ServerSession[] Recipients => Volatile.Read(ref _recipients) ?? Gather();

    public ServerSession[] LocalRecipients => Volatile.Read(ref _localRecipients) ?? GatherLocal();

    /// <summary>Who gets the messages has changed.</summary>
    public void Stale()
    {
        Volatile.Write(ref _recipients, null);
        Volatile.Write(ref _localRecipients, null);
    }

    public void Close()
    {
        table.Sets.Release(ref _held);
        table.Sets.Release(ref _heldLocal);
        Volatile.Write(ref _recipients, []);
        Volatile.Write(ref _localRecipients, []);
    }

    /// <summary>Tells all watchers, peers of members here only.</summary>
    public void Tell(ViewEntryKind kind, RosterMember member, MsgcViewCause cause, bool isLocal)
    {
        foreach (var watcher in Watchers ?? []) watcher.Change(kind, member, cause);
        if (isLocal) TellPeers(kind == ViewEntryKind.Moved ? ViewEntryKind.Joined : kind, member, cause); // to a peer, who moved here has joined
    }

    public void TellPeers(ViewEntryKind kind, RosterMember member, MsgcViewCause cause)
    {
        foreach (var watcher in PeerWatchers ?? []) watcher.Change(kind, member, cause);
    }

    private ServerSession[] Gather()
    {
        lock (table.Gate)
        {
            if (_recipients is { } known) return known;
            var recipients = Links is { Count: > 0 } links
                ? table.Sets.Exchange(ref _held, Local.Id + links.Id, () => Local.All.Concat(links.All))
                : table.Sets.Exchange(ref _held, Local.Id, () => Local.All);
            Volatile.Write(ref _recipients, recipients);
            return recipients;
        }
    }

    private ServerSession[] GatherLocal()
    {
        lock (table.Gate)
        {
            if (_localRecipients is { } known) return known;
            var recipients = table.Sets.Exchange(ref _heldLocal, Local.Id, () => Local.All);
            Volatile.Write(ref _localRecipients, recipients);
            return recipients;
        }
    }
}
