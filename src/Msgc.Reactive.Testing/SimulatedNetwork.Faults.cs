using Msgc.Reactive.Testing.Network;

namespace Msgc.Reactive.Testing;

/// <content>Faults between hosts. All of them can be changed at any time, and apply to what happens from then on.</content>
public sealed partial class SimulatedNetwork
{
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
            if (IsBetween(connection, hostA, hostB)) Break(connection);
        }
    }

    /// <summary>
    /// Breaks a connection in the midst of what it carries: when so many more bytes have passed from one host to another, over all
    /// connections between them, the one that carried the last of them breaks as with <see cref="Break(string, string)"/>. A receiver
    /// that is reading gets exactly these bytes first. A second call for the same way replaces the first.
    /// </summary>
    /// <param name="from">The host that sends them.</param>
    /// <param name="to">The host that receives them: they count when they reach its receive buffer.</param>
    /// <param name="bytes">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 byte.</exception>
    public void BreakAfter(string from, string to, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        GetRoute(from, to).CutAfter(bytes);
    }

    /// <summary>
    /// Half-open: whatever would arrive at one of two hosts from the other does not, connects and ends included, and nobody is told.
    /// </summary>
    public void Mute(string hostA, string hostB)
    {
        MuteOneWay(hostA, hostB);
        MuteOneWay(hostB, hostA);
    }

    /// <summary>
    /// As <see cref="Mute"/>, for what one host sends to another. The way back works, as far as it needs no answers: connects of either
    /// host hang, and news of room in the receive buffer of <paramref name="from"/> does not arrive.
    /// </summary>
    public void MuteOneWay(string from, string to) => GetRoute(from, to).Mute();

    /// <summary>
    /// Undoes <see cref="Mute"/>. TCP sends again what was lost, so it arrives after all, in order, one (least) latency from now;
    /// connects that hang succeed a round trip from now.
    /// </summary>
    public void Unmute(string hostA, string hostB)
    {
        UnmuteOneWay(hostA, hostB);
        UnmuteOneWay(hostB, hostA);
    }

    /// <summary>As <see cref="Unmute"/>, for what one host sends to another, whether it was muted alone or with the way back.</summary>
    public void UnmuteOneWay(string from, string to)
    {
        var route = GetRoute(from, to);
        if (!route.IsMuted) return;
        route.Unmute();
        foreach (var connection in _connections)
        {
            if (connection.Sending.Uses(route)) ScheduleRetransmission(connection.Sending, route);
            if (connection.Far.Sending.Uses(route)) ScheduleRetransmission(connection.Far.Sending, route);
        }
        Retry(route, static (attempt, route) => attempt.Uses(route));
    }

    /// <summary>Either end may be given.</summary>
    internal static void Break(SimulatedConnection connection)
    {
        var dialler = connection.Listed.Value;
        dialler.Reset("The connection was broken.");
        dialler.Far.Reset("The connection was broken.");
    }

    private static bool IsBetween(SimulatedConnection connection, string hostA, string hostB)
    {
        string near = connection.Host.Name, far = connection.Far.Host.Name;
        return (near == hostA && far == hostB) || (near == hostB && far == hostA);
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
