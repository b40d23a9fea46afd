namespace Msgc.Reactive.Sessions;

/// <summary>What a sender drains: a server's outbox, or a client's publish queue.</summary>
internal interface IRunSource
{
    /// <summary>Takes whole frames with at most so many messages; the taker owns the run's reference.</summary>
    bool TryTake(int maxMessages, out Run run);

    /// <summary>True when nothing is there to take.</summary>
    bool IsEmpty { get; }

    /// <summary>The most messages that one send may hold.</summary>
    int MaxBatchMessages { get; }

    /// <summary>So much of what was taken is handed to the connection.</summary>
    void Handed(Load load);

    /// <summary>The connection has taken what was handed to it.</summary>
    void Sent(Load load);

    /// <summary>The connection has ended; what is still queued for it alone is dropped.</summary>
    void Drop();
}
