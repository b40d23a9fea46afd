namespace Msgc.Reactive.Testing.Network;

/// <summary>The way from one host to another: what all connections between them share, and where faults of the way belong.</summary>
internal sealed class Route(SimulatedNetwork network)
{
    private long _cutAfter = long.MaxValue; // bytes; the greatest stands for no cut
    private Wire _wire;

    /// <summary>Null for the network's.</summary>
    public SimulatedLatency? Latency { get; set; }

    /// <summary>Bytes a second, null for unlimited; counts only when <see cref="HasBandwidth"/>.</summary>
    public long? Bandwidth { get; set; }

    /// <summary>False: the network's bandwidth holds.</summary>
    public bool HasBandwidth { get; set; }

    /// <summary>Whatever would arrive does not.</summary>
    public bool IsMuted { get; private set; }

    /// <summary>When what was lost arrives, sent again; in the past as a rule.</summary>
    public long OpenAt { get; private set; }

    /// <summary>True while arrivals are lost, and until what was lost has been sent again.</summary>
    public bool IsClosed => IsMuted || (OpenAt > 0 && network.Clock < OpenAt);

    private SimulatedLatency LatencyInForce => Latency ?? network.Latency;

    public void Mute() => IsMuted = true;

    /// <summary>What was lost is sent again now, and so is there one latency later.</summary>
    public void Unmute()
    {
        IsMuted = false;
        OpenAt = network.Clock + LatencyInForce.Least;
    }

    public long Delay(ref SeededRandom random) => LatencyInForce.Draw(ref random);

    /// <summary>When a segment that is ready now has left: at once, unless the bandwidth is limited.</summary>
    public long Departure(long now, int bytes) =>
        (HasBandwidth ? Bandwidth : network.Bandwidth) is { } bytesPerSecond ? _wire.Departure(now, bytes, bytesPerSecond) : now;

    public void CutAfter(long bytes) => _cutAfter = bytes;

    /// <summary>Counts bytes that arrive. True when the cut is within or behind them, and then how many of them pass.</summary>
    public bool Cuts(int bytes, out int passing)
    {
        passing = bytes;
        if (_cutAfter == long.MaxValue) return false;
        if (bytes < _cutAfter)
        {
            _cutAfter -= bytes;
            return false;
        }
        passing = (int)_cutAfter;
        _cutAfter = long.MaxValue;
        return true;
    }
}
