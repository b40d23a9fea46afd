using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>The limits of one outbound queue and what follows from them. (contract, "§5")</summary>
internal sealed record BacklogLimits(int MaxBacklog, long MaxBacklogBytes)
{
    public Load Full { get; } = new(MaxBacklog, MaxBacklogBytes);

    /// <summary>Up to here a queue takes runs while it may stall its feeders.</summary>
    public Load Half { get; } = new Load(MaxBacklog, MaxBacklogBytes).Over(2);

    /// <summary>Down here a stall ends.</summary>
    public Load Quarter { get; } = new Load(MaxBacklog, MaxBacklogBytes).Over(4);

    /// <summary>The most messages of one send, the rest of a last frame included. With a quarter queued, a send under way and a run to come, half is not exceeded.</summary>
    public int BatchMessages { get; } = Math.Max(1, (MaxBacklog / 8) - MessageFrame.MaxMessages + 1);

    /// <summary>So much is queued in one turn before it is sent.</summary>
    public Load Stretch { get; } = new(MaxBacklog / 8, Math.Min(MaxBacklogBytes / 8, Sender.BatchBytes));

    /// <summary>The longest run, but for one of a single frame that was packed under larger limits.</summary>
    public Load Run { get; } = new(Math.Clamp(MaxBacklog / 8, 1, 100), MaxBacklogBytes / 8);

    /// <summary>
    /// The most messages that clients may pack into a frame, so that no frame is longer than a run, and full ones make up a turn: turns are
    /// not cut inside of frames.
    /// </summary>
    public int FrameMessages(int messagesPerTurn)
    {
        var messages = Math.Min(MessageFrame.MaxMessages, Run.Messages);
        while (messagesPerTurn % messages != 0) messages--;
        return messages;
    }
}
