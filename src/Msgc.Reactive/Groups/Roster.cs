namespace Msgc.Reactive.Groups;

/// <summary>A member as views show it.</summary>
/// <param name="Client">The client's id.</param>
/// <param name="Session">The number of its session: of several the highest counts.</param>
/// <param name="ClientName">The client's name.</param>
/// <param name="ServerName">The server that it is connected to.</param>
internal sealed record RosterMember(ulong Client, ulong Session, string ClientName, string ServerName);

/// <summary>What a join did.</summary>
internal enum JoinOutcome
{
    /// <summary>The client is a member now and was not before.</summary>
    Joined,

    /// <summary>It was one already, on the same server: an older session of it was replaced, or the join repeated.</summary>
    Known,

    /// <summary>It was one already, on another server.</summary>
    Moved,

    /// <summary>A newer session of it is a member: nothing changed.</summary>
    Stale,
}

/// <summary>One group's members: each client once, under its highest session. Its order depends on joins and leaves alone. Only watched groups have one.</summary>
internal sealed class Roster
{
    private readonly Dictionary<ulong, int> _places = [];
    private readonly List<RosterMember> _members = [];

    public IReadOnlyList<RosterMember> Members => _members;

    /// <summary>Digest of the member ids: the view's id.</summary>
    public UInt128 ViewId { get; private set; }

    /// <summary>The client's member, or null.</summary>
    public RosterMember? Find(ulong client) => _places.TryGetValue(client, out var place) ? _members[place] : null;

    public JoinOutcome Join(RosterMember member)
    {
        if (_places.TryGetValue(member.Client, out var place))
        {
            var known = _members[place];
            if (known.Session > member.Session) return JoinOutcome.Stale;
            _members[place] = member;
            return known.ServerName == member.ServerName ? JoinOutcome.Known : JoinOutcome.Moved;
        }
        _places.Add(member.Client, _members.Count);
        _members.Add(member);
        ViewId += SetDigest.Of(member.Client);
        return JoinOutcome.Joined;
    }

    /// <summary>Removes the client unless a newer session of it is the member.</summary>
    public RosterMember? Leave(ulong client, ulong session)
    {
        if (!_places.TryGetValue(client, out var place) || _members[place].Session > session) return null;
        var member = _members[place];
        _places.Remove(client);
        if (place < _members.Count - 1)
        {
            _members[place] = _members[^1];
            _places[_members[place].Client] = place;
        }
        _members.RemoveAt(_members.Count - 1);
        ViewId -= SetDigest.Of(client);
        return member;
    }
}
