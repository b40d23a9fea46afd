using Msgc.Reactive.Testing.Network;

namespace Msgc.Reactive.Testing;

/// <content>Latency and faults. All of them can be changed at any time, and apply to what happens from then on.</content>
public sealed partial class SimulatedNetwork
{
    internal long LatencyTicks { get; private set; } = TimeSpan.FromMicroseconds(100).Ticks;

    internal long JitterTicks { get; private set; }

    /// <summary>One-way latency between all hosts for which no other is set; default 100 µs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public void SetLatency(TimeSpan latency) => LatencyTicks = NotNegative(latency);

    /// <summary>One-way latency from one host to another; the way back keeps its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public void SetLatency(string from, string to, TimeSpan latency) => GetRoute(from, to).Latency = NotNegative(latency);

    /// <summary>
    /// Adds to the latency of each connect and each segment a random time, uniform from zero to this; default zero. Bytes of one
    /// connection keep their order.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public void SetJitter(TimeSpan jitter) => JitterTicks = NotNegative(jitter);

    /// <summary>As <see cref="SetJitter(TimeSpan)"/>, from one host to another.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public void SetJitter(string from, string to, TimeSpan jitter) => GetRoute(from, to).Jitter = NotNegative(jitter);

    /// <summary>
    /// Breaks all connections between two hosts: both sides end with <see cref="MsgcCause.Transport"/>, and what was under way is lost.
    /// New connects succeed.
    /// </summary>
    public void Break(string hostA, string hostB)
    {
        for (var node = _connections.First; node is not null;)
        {
            var connection = node.Value;
            node = node.Next;
            if (!IsBetween(connection, hostA, hostB)) continue;
            connection.Reset("The connection was broken.");
            connection.Far.Reset("The connection was broken.");
        }
    }

    /// <summary>
    /// Half-open: whatever would arrive at one of two hosts from the other does not, connects and ends included, and nobody is told.
    /// </summary>
    public void Mute(string hostA, string hostB)
    {
        GetRoute(hostA, hostB).Mute();
        GetRoute(hostB, hostA).Mute();
    }

    /// <summary>
    /// Undoes <see cref="Mute"/>. TCP sends again what was lost, so it arrives after all, in order, one latency from now; connects that
    /// hang succeed a round trip from now.
    /// </summary>
    public void Unmute(string hostA, string hostB)
    {
        Unmute(GetRoute(hostA, hostB));
        if (!string.Equals(hostA, hostB, StringComparison.Ordinal)) Unmute(GetRoute(hostB, hostA));
    }

    /// <summary>From now on connects to the host are refused, as if nothing listened there. Live connections stay.</summary>
    public void Refuse(string host) => GetHost(host).Connects = Connects.Refused;

    /// <summary>From now on connects to the host hang, as behind a firewall that drops them. Live connections stay.</summary>
    public void Swallow(string host) => GetHost(host).Connects = Connects.Swallowed;

    /// <summary>Undoes <see cref="Refuse"/> and <see cref="Swallow"/>; connects that hang are tried again now.</summary>
    public void Accept(string host)
    {
        GetHost(host).Connects = Connects.Accepted;
        Retry(host, static (attempt, host) => string.Equals(attempt.TargetName, host, StringComparison.Ordinal));
    }

    private static bool IsBetween(SimulatedConnection connection, string hostA, string hostB)
    {
        string near = connection.Host.Name, far = connection.Far.Host.Name;
        return (near == hostA && far == hostB) || (near == hostB && far == hostA);
    }

    private static long NotNegative(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return time.Ticks;
    }

    private void Unmute(Route route)
    {
        if (!route.IsMuted) return;
        route.Unmute();
        foreach (var connection in _connections)
        {
            if (connection.Sending.Uses(route)) ScheduleRetransmission(connection.Sending, route);
            if (connection.Far.Sending.Uses(route)) ScheduleRetransmission(connection.Far.Sending, route);
        }
        Retry(route, static (attempt, route) => attempt.Uses(route));
    }

    private void ScheduleRetransmission(Pipe pipe, Route route) => Schedule(pipe, route.OpenAt - Clock, static pipe => pipe.Retransmit());

    private void Retry<T>(T what, Func<Attempt, T, bool> concerns)
    {
        for (var node = _hanging.First; node is not null;)
        {
            var attempt = node.Value;
            node = node.Next;
            if (!concerns(attempt, what)) continue;
            Unhang(attempt);
            attempt.Begin();
        }
    }
}
