namespace Msgc.Reactive.Simulation.Scenarios;

/// <summary>What a step of a scenario does; A, B and C are its numbers.</summary>
internal enum StepKind
{
    /// <summary>Client A joins group B.</summary>
    Join,

    /// <summary>Client A leaves group B.</summary>
    Leave,

    /// <summary>Client A watches group B, or ceases to.</summary>
    Watch,

    /// <summary>Client A publishes C messages to group B, and flushes.</summary>
    Publish,

    /// <summary>From now on client A is busy for B microseconds with each message.</summary>
    Slow,

    /// <summary>Options of host A change: keepalive, idle timeout, turns, by the dice C.</summary>
    Configure,

    /// <summary>Server A stops gracefully, and starts again C milliseconds after it has stopped. The first kind of fault.</summary>
    Stop,

    /// <summary>Server A is killed.</summary>
    KillServer,

    /// <summary>Server A starts, if it is dead.</summary>
    StartServer,

    /// <summary>Client A is killed.</summary>
    KillClient,

    /// <summary>Client A starts, if it is dead, and joins what it had joined.</summary>
    StartClient,

    /// <summary>All connections between hosts A and B break.</summary>
    Break,

    /// <summary>The connection from host A to host B breaks after C bytes.</summary>
    BreakAfter,

    /// <summary>Nothing gets through between hosts A and B.</summary>
    Mute,

    /// <summary>Servers whose bit is set in A are cut off from the others; in C the bit 0 says in one direction only.</summary>
    Partition,

    /// <summary>All mutes and partitions end.</summary>
    Heal,

    /// <summary>Host A stands still.</summary>
    Freeze,

    /// <summary>Host A goes on.</summary>
    Thaw,

    /// <summary>Connects to host A are refused.</summary>
    Refuse,

    /// <summary>Connects to host A hang.</summary>
    Swallow,

    /// <summary>Connects to host A succeed again.</summary>
    Accept,

    /// <summary>Latency between hosts A and B becomes exponential with a mean of C microseconds.</summary>
    Latency,

    /// <summary>Bandwidth between hosts A and B becomes C bytes a second, 0 for unlimited.</summary>
    Bandwidth,

    /// <summary>Blocks are cut as A says.</summary>
    Chunks,
}
