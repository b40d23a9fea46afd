namespace Msgc.Reactive;

/// <summary>What a link is doing.</summary>
public enum MsgcPeerPhase
{
    /// <summary>Not linked yet, or the last attempt failed; attempts go on.</summary>
    Connecting,

    /// <summary>Linked.</summary>
    Linked,

    /// <summary>Linked still, but the peer has said that it is stopping.</summary>
    Draining,

    /// <summary>The link was lost; attempts go on.</summary>
    Lost,

    /// <summary>The entry has turned out to be this server itself; nothing goes on.</summary>
    Self,
}
