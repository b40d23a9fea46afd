namespace Msgc.Reactive.Testing;

/// <content>
/// Latency and bandwidth. Both can be changed at any time: what is under way keeps its time, and what follows it on a connection still
/// arrives behind it.
/// </content>
public sealed partial class SimulatedNetwork
{
    internal SimulatedLatency Latency { get; private set; } = SimulatedLatency.Constant(TimeSpan.FromMicroseconds(100));

    internal long? Bandwidth { get; private set; }

    /// <summary>One-way latency between all hosts for which no other is set; default 100 µs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public void SetLatency(TimeSpan latency) => Latency = SimulatedLatency.Constant(latency);

    /// <inheritdoc cref="SetLatency(TimeSpan)"/>
    public void SetLatency(SimulatedLatency latency)
    {
        ArgumentNullException.ThrowIfNull(latency);
        Latency = latency;
    }

    /// <summary>One-way latency from one host to another; the way back keeps its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public void SetLatency(string from, string to, TimeSpan latency) => GetRoute(from, to).Latency = SimulatedLatency.Constant(latency);

    /// <inheritdoc cref="SetLatency(string, string, TimeSpan)"/>
    public void SetLatency(string from, string to, SimulatedLatency latency)
    {
        ArgumentNullException.ThrowIfNull(latency);
        GetRoute(from, to).Latency = latency;
    }

    /// <summary>
    /// What goes from any one host to any one other in a second, over all connections between them, for ways for which nothing else is
    /// set: a segment leaves when those before it have left, and its latency begins then. Connects and news of room take none.
    /// </summary>
    /// <param name="bytesPerSecond">Times are rounded up to whole ticks; null, the default, means unlimited.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public void SetBandwidth(long? bytesPerSecond) => Bandwidth = PositiveOrNull(bytesPerSecond);

    /// <summary>As <see cref="SetBandwidth(long?)"/>, from one host to another; the way back keeps its own.</summary>
    /// <inheritdoc cref="SetBandwidth(long?)"/>
    public void SetBandwidth(string from, string to, long? bytesPerSecond)
    {
        var route = GetRoute(from, to);
        route.Bandwidth = PositiveOrNull(bytesPerSecond);
        route.HasBandwidth = true;
    }

    private static long? PositiveOrNull(long? bytesPerSecond)
    {
        if (bytesPerSecond is { } bytes) ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1, nameof(bytesPerSecond));
        return bytesPerSecond;
    }
}
