using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;

namespace Msgc.Reactive.Routing;

/// <summary>A group's members, and who is told of them: there while somebody wants to know. Under the table's gate.</summary>
internal sealed class Watch
{
    /// <summary>All members that are known while clients watch; those here while only peers do.</summary>
    public Roster Roster { get; } = new();

    /// <summary>Clients that watch.</summary>
    public HashSet<Watcher> Clients { get; } = [];

    /// <summary>Peers that watch, each told of members here only.</summary>
    public HashSet<Watcher> Peers { get; } = [];

    /// <summary>Links whose members are not known yet, so that clients have to wait for their first view.</summary>
    public HashSet<Link> Awaited { get; } = [];

    /// <summary>Tells all watchers, peers of members here only.</summary>
    public void Tell(ViewEntryKind kind, RosterMember member, MsgcViewCause cause, bool isLocal)
    {
        foreach (var watcher in Clients) watcher.Change(kind, member, cause);
        if (isLocal) TellPeers(kind == ViewEntryKind.Moved ? ViewEntryKind.Joined : kind, member, cause); // to a peer, who moved here has joined
    }

    public void TellPeers(ViewEntryKind kind, RosterMember member, MsgcViewCause cause)
    {
        foreach (var watcher in Peers) watcher.Change(kind, member, cause);
    }
}
