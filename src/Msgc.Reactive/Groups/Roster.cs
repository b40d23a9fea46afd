namespace Msgc.Reactive.Groups;

/// <summary>A member as a server knows it. <paramref name="Local"/> is its session, when it is connected here.</summary>
internal sealed record RosterMember<T>(ulong Client, ulong Session, string ClientName, string ServerName, T? Local)
    where T : class
{
    /// <summary>Counts this server's sessions: two of one client differ by it, whatever numbers the client gave them.</summary>
    public ulong Serial { get; init; }
}

/// <summary>What a join did.</summary>
internal enum JoinOutcome
{
    /// <summary>The client is a member now and was not before.</summary>
    Joined,

    /// <summary>It was one already: an older session of it was replaced, or the join repeated.</summary>
    Known,

    /// <summary>A newer session of it is a member: nothing changed.</summary>
    Stale,
}

/// <summary>One group's members: each client once, under its highest session. Its order depends on joins and leaves alone.</summary>
internal sealed class Roster<T>
    where T : class
{
    private readonly Dictionary<ulong, int> _places = [];
    private readonly List<RosterMember<T>> _members = [];

    public IReadOnlyList<RosterMember<T>> Members => _members;

    /// <summary>Digest of the member ids: the view's id.</summary>
    public UInt128 ViewId { get; private set; }

    /// <summary>Digest of the sessions: equal for groups with equal recipients.</summary>
    public UInt128 SessionsId { get; private set; }

    public JoinOutcome Join(RosterMember<T> member)
    {
        if (_places.TryGetValue(member.Client, out var place))
        {
            var known = _members[place];
            if (known.Session > member.Session) return JoinOutcome.Stale;
            SessionsId += SetDigest.Of(member.Client, member.Serial) - SetDigest.Of(known.Client, known.Serial);
            _members[place] = member;
            return JoinOutcome.Known;
        }
        _places.Add(member.Client, _members.Count);
        _members.Add(member);
        ViewId += SetDigest.Of(member.Client);
        SessionsId += SetDigest.Of(member.Client, member.Serial);
        return JoinOutcome.Joined;
    }

    /// <summary>Removes the client unless a newer session of it is the member.</summary>
    public RosterMember<T>? Leave(ulong client, ulong session)
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
        SessionsId -= SetDigest.Of(client, member.Serial);
        return member;
    }
}
