namespace Msgc.Reactive.Sessions;

/// <summary>Where one group's messages go.</summary>
internal interface IRoute
{
    /// <summary>The sessions of the members: the same array for groups with equal members, another one when they change.</summary>
    ServerSession[] Recipients { get; }
}

/// <summary>Who hears what: the server's side of its sessions' frames.</summary>
internal interface ISwitchboard
{
    /// <summary>Changes whenever a group comes or goes: a remembered route is good while it stands still.</summary>
    int Version { get; }

    /// <summary>The group's route, or null when nobody is joined.</summary>
    IRoute? Find(ReadOnlySpan<byte> group);

    void Join(ServerSession session, ReadOnlySpan<byte> group);

    void Leave(ServerSession session, ReadOnlySpan<byte> group);

    void Watch(ServerSession session, ReadOnlySpan<byte> group);

    void Unwatch(ServerSession session, ReadOnlySpan<byte> group);

    /// <summary>The session has joined again what it had before.</summary>
    void Rejoined(ServerSession session);
}
