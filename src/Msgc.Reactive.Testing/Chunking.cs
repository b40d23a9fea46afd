namespace Msgc.Reactive.Testing;

/// <summary>How received bytes are cut into blocks when a <see cref="SimulatedNetwork"/> hands them over.</summary>
public enum Chunking
{
    /// <summary>As many as have arrived and the handler's buffer takes.</summary>
    Whole,

    /// <summary>One byte at a time.</summary>
    SingleBytes,

    /// <summary>Sizes from the network's seed, half of them 16 bytes or less.</summary>
    Random,
}
