namespace Msgc.Reactive.Sessions;

/// <summary>Where one group's messages go.</summary>
internal interface IRoute
{
    /// <summary>Whom a client's messages go to, members here and links alike: the same array for groups with equal ones, another when they change.</summary>
    ServerSession[] Recipients { get; }

    /// <summary>Whom a peer's messages go to: members here only.</summary>
    ServerSession[] LocalRecipients { get; }

    /// <summary>Counts messages, for those who want to know.</summary>
    void Count(int messages);
}

/// <summary>Who hears what: the server's side of its clients' frames.</summary>
internal interface ISwitchboard
{
    /// <summary>Changes whenever a group comes or goes: a remembered route is good while it stands still.</summary>
    int Version { get; }

    /// <summary>Somebody wants to know how many messages each group gets.</summary>
    bool IsCounting { get; }

    /// <summary>The group's route, or null when nobody anywhere is known to want it.</summary>
    IRoute? Find(ReadOnlySpan<byte> group);

    /// <summary>Joins, and acknowledges that once all peers know.</summary>
    void Join(ServerSession session, ReadOnlySpan<byte> group, bool isMoving);

    /// <summary>Leaves, and acknowledges that.</summary>
    void Leave(ServerSession session, ReadOnlySpan<byte> group);

    void Watch(ServerSession session, ReadOnlySpan<byte> group);

    void Unwatch(ServerSession session, ReadOnlySpan<byte> group);

    /// <summary>The session has joined again what it had before.</summary>
    void Rejoined(ServerSession session);

    /// <summary>Answers a flush: at once, or, while this server drains, when all that its peers had handled for it is here.</summary>
    void Answer(ServerSession session, byte[] frame);
}
