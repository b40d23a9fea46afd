namespace Msgc.Reactive.Testing.Network;

/// <summary>The way from one host to another: what all connections between them share, and where faults of the way belong.</summary>
internal sealed class Route(SimulatedNetwork network)
{
    /// <summary>Ticks; null for the network's.</summary>
    public long? Latency { get; set; }

    /// <summary>Ticks; null for the network's.</summary>
    public long? Jitter { get; set; }

    /// <summary>Whatever would arrive does not.</summary>
    public bool IsMuted { get; private set; }

    /// <summary>When what was lost arrives, sent again; in the past as a rule.</summary>
    public long OpenAt { get; private set; }

    public long BaseDelay => Latency ?? network.LatencyTicks;

    public void Mute() => IsMuted = true;

    /// <summary>What was lost is sent again now, and so is there one latency later.</summary>
    public void Unmute()
    {
        IsMuted = false;
        OpenAt = network.Clock + BaseDelay;
    }

    /// <summary>True while arrivals are lost, and until what was lost has been sent again.</summary>
    public bool IsClosed => IsMuted || network.Clock < OpenAt;

    public long Delay(ref SeededRandom random)
    {
        var jitter = Jitter ?? network.JitterTicks;
        return jitter == 0 ? BaseDelay : BaseDelay + random.Below(jitter + 1);
    }
}
