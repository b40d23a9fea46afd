using System.Reactive.Concurrency;
using Msgc.Reactive.Testing.Network;

namespace Msgc.Reactive.Testing;

/// <content>Faults of hosts. All of them can be changed at any time, and apply to what happens from then on.</content>
public sealed partial class SimulatedNetwork
{
    /// <summary>
    /// What the programs on a host are to be given as their scheduler; the same object for the same name. It is the network's, except
    /// that it stands still while the host is frozen; its <c>Now</c> goes on. Code with <c>await</c> stands still with it when it takes its
    /// time from a <see cref="VirtualTimeProvider"/> over it.
    /// </summary>
    public IScheduler SchedulerOf(string host) => GetHost(host).Process;

    /// <summary>
    /// Stops all programs on a host, as SIGSTOP does, after the action in progress: nothing that they scheduled through
    /// <see cref="SchedulerOf"/> happens, and they hear nothing from the network. The host itself goes on: it accepts connects, receives
    /// until the receive buffers are full, and sends what is in the send buffers.
    /// </summary>
    public void Freeze(string host) => GetHost(host).Process.Freeze();

    /// <summary>
    /// Undoes <see cref="Freeze"/>, as SIGCONT does: what came due meanwhile happens now, on this tick, in the order in which it came
    /// due. Programs see that the clock has jumped, so their own rules about time may take effect.
    /// </summary>
    public void Thaw(string host) => GetHost(host).Process.Thaw();

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
}
