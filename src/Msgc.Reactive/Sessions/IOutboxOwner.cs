namespace Msgc.Reactive.Sessions;

/// <summary>Whom an outbox tells that its connection does not keep up.</summary>
internal interface IOutboxOwner
{
    /// <summary>A stall has expired, with so much queued, while that group's messages waited: the connection is slow, and nobody waits for it any longer.</summary>
    void Slow(Load used, string group);

    /// <summary>A run of that group did not fit into a queue whose stall had expired: the connection is to be killed.</summary>
    void Stuck(Load used, string group);
}
