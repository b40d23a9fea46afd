using System.Reactive.Concurrency;

namespace Msgc.Reactive.Testing;

/// <content>What goes wrong. Faults can be made at any time; what is of the network applies to what happens from then on.</content>
public sealed partial class TestCluster
{
    private readonly HashSet<(string From, string To)> _silent = [];
    private readonly Dictionary<string, long> _busyUntil = new(StringComparer.Ordinal);
    private readonly HashSet<string> _frozen = new(StringComparer.Ordinal);

    /// <summary>
    /// Nothing gets through between hosts of different sides, and nobody is told. A client that is on no side is on the one of its first
    /// server; servers on no side reach all. Adds to what is cut already.
    /// </summary>
    public void Partition(params TestHost[][] sides) => Cut(sides, oneWay: false);

    /// <summary>As <see cref="Partition"/>, but only what goes from the first hosts to the others is lost.</summary>
    public void PartitionOneWay(TestHost[] from, TestHost[] to) => Cut([from, to], oneWay: true);

    /// <summary>Half-open: nothing gets through between two hosts, and nobody is told.</summary>
    public void Mute(TestHost one, TestHost other)
    {
        Fault($"mute {one} | {other}");
        Silence(one.Name, other.Name);
        Silence(other.Name, one.Name);
    }

    /// <summary>Undoes all partitions and mutes; what TCP keeps sending again arrives one latency from now.</summary>
    public void Heal()
    {
        Fault("heal");
        foreach (var (from, to) in _silent) Network.UnmuteOneWay(from, to);
        _silent.Clear();
    }

    /// <summary>Breaks all connections between two hosts: both ends end with <see cref="MsgcCause.Transport"/>, and what was under way is lost.</summary>
    public void Break(TestHost one, TestHost other)
    {
        Fault($"break {one} | {other}");
        Network.Break(one.Name, other.Name);
    }

    /// <summary>Breaks the connection on which, from now on, that many bytes have gone from one host to another, right behind the last of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 byte.</exception>
    public void BreakAfter(TestHost from, TestHost to, long bytes)
    {
        Fault($"break {from} > {to} after {bytes} bytes");
        Network.BreakAfter(from.Name, to.Name, bytes);
    }

    /// <summary>Latency from one host to another and back.</summary>
    public void SetLatency(TestHost one, TestHost other, SimulatedLatency latency)
    {
        Fault($"latency {one} | {other} {latency}");
        Network.SetLatency(one.Name, other.Name, latency);
        Network.SetLatency(other.Name, one.Name, latency);
    }

    /// <summary>Bandwidth from one host to another, and as much back; null for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 byte a second.</exception>
    public void SetBandwidth(TestHost one, TestHost other, long? bytesPerSecond)
    {
        Fault($"bandwidth {one} | {other} {(bytesPerSecond is { } limit ? $"{limit} B/s" : "unlimited")}");
        Network.SetBandwidth(one.Name, other.Name, bytesPerSecond);
        Network.SetBandwidth(other.Name, one.Name, bytesPerSecond);
    }

    /// <summary>From now on connects to the host are refused.</summary>
    public void Refuse(TestHost host)
    {
        Fault($"refuse at {host}");
        Network.Refuse(host.Name);
    }

    /// <summary>From now on connects to the host hang, as behind a firewall that drops them.</summary>
    public void Swallow(TestHost host)
    {
        Fault($"swallow at {host}");
        Network.Swallow(host.Name);
    }

    /// <summary>Undoes <see cref="Refuse"/> and <see cref="Swallow"/>.</summary>
    public void Accept(TestHost host)
    {
        Fault($"accept at {host}");
        Network.Accept(host.Name);
    }

    /// <summary>Stops a host's programs where they are, as SIGSTOP does: its connections stay, and nobody is told.</summary>
    public void Freeze(TestHost host)
    {
        Fault($"freeze {host}");
        _frozen.Add(host.Name);
        Network.Freeze(host.Name);
    }

    /// <summary>Undoes <see cref="Freeze"/>: what was due meanwhile happens now.</summary>
    public void Thaw(TestHost host)
    {
        Fault($"thaw {host}");
        _frozen.Remove(host.Name);
        if (!_busyUntil.ContainsKey(host.Name)) Network.Thaw(host.Name);
    }

    /// <summary>
    /// The host's program is busy for that long: called from an observer it makes a slow one. What the observer's caller still does happens
    /// before; each further call adds to the time.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public void Busy(TestHost host, TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        if (time == TimeSpan.Zero) return;
        var isBusy = _busyUntil.TryGetValue(host.Name, out var until);
        _busyUntil[host.Name] = (isBusy ? until : Scheduler.Clock) + time.Ticks;
        if (isBusy) return;
        Network.Freeze(host.Name);
        WaitUntilIdle(host.Name);
    }

    /// <summary>The host's program is done with what <see cref="Busy"/> has kept it at.</summary>
    public void Idle(TestHost host)
    {
        if (_busyUntil.ContainsKey(host.Name)) _busyUntil[host.Name] = Scheduler.Clock;
        if (!_frozen.Contains(host.Name)) Network.Thaw(host.Name);
    }

    private void WaitUntilIdle(string host) => Scheduler.Schedule(
        (Cluster: this, host), TimeSpan.FromTicks(Math.Max(0, _busyUntil[host] - Scheduler.Clock)), static (_, due) =>
        {
            due.Cluster.IsIdle(due.host);
            return System.Reactive.Disposables.Disposable.Empty;
        });

    private void IsIdle(string host)
    {
        if (_busyUntil[host] > Scheduler.Clock)
        {
            WaitUntilIdle(host);
            return;
        }
        _busyUntil.Remove(host);
        if (!_frozen.Contains(host)) Network.Thaw(host);
    }

    private void Cut(TestHost[][] sides, bool oneWay)
    {
        ArgumentNullException.ThrowIfNull(sides);
        var named = sides.Select(side => side.Select(host => host.Name).ToHashSet(StringComparer.Ordinal)).ToArray();
        Fault($"partition {string.Join(oneWay ? " > " : " | ", sides.Select(side => string.Join(' ', side)))}");
        foreach (var client in _clients.Values.Where(c => !named.Any(side => side.Contains(c.Name))))
        {
            named.FirstOrDefault(side => side.Contains(client.Home))?.Add(client.Name);
        }
        for (var i = 0; i < named.Length; i++)
        {
            for (var j = 0; j < named.Length; j++)
            {
                if (i == j || (oneWay && i > j)) continue;
                foreach (var from in named[i])
                {
                    foreach (var to in named[j]) Silence(from, to);
                }
            }
        }
    }

    private void Silence(string from, string to)
    {
        if (_silent.Add((from, to))) Network.MuteOneWay(from, to);
    }

    private void Fault(string what) => _lanes.Add(FaultLane, TimelineMark.Fault, null, what);
}
