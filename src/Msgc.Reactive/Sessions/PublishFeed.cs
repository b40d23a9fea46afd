namespace Msgc.Reactive.Sessions;

/// <summary>One session's hold on its client's publish queue: once the session is lost it gets nothing more.</summary>
internal sealed class PublishFeed(PublishQueue queue) : IRunSource
{
    public Sender Sender { get; set; } = null!;

    /// <summary>Taken and not yet handed to the connection; inside the queue's gate.</summary>
    public Load Taken { get; set; }

    /// <summary>Control frames of this session alone, ahead of the queue; inside the queue's gate.</summary>
    public Queue<byte[]> Prologue { get; } = new();

    /// <summary>What is queued stays for the next session, though this one still answers for what it took; inside the queue's gate.</summary>
    public bool IsDetached { get; set; }

    public int MaxBatchMessages => int.MaxValue;

    public bool IsEmpty => queue.HasNothingFor(this);

    public bool TryTake(int maxMessages, out Run run) => queue.TryTake(this, maxMessages, out run);

    public void Handed(Load load) => queue.Handed(this, load);

    /// <summary>Room was free when it was handed: what is lost after that is never sent again.</summary>
    public void Sent(Load load)
    {
    }

    /// <summary>A connection's end drops nothing but what was meant for it alone: the queue is the client's.</summary>
    public void Drop() => queue.DropPrologue(this);
}
