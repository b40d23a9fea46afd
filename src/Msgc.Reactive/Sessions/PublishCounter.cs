namespace Msgc.Reactive.Sessions;

/// <summary>Counts one client's messages to one group, from 1, for the life of the client.</summary>
internal sealed class PublishCounter(byte[] group)
{
    public byte[] Group => group;

    /// <summary>The last number taken; inside the queue's gate.</summary>
    public ulong Last { get; set; }
}
