using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>
/// What a server tells of itself: the states of its links, at each change, and its statistics, each second. Nothing is computed or
/// scheduled while nobody listens.
/// </summary>
internal sealed class SystemGroups : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dispatcher _dispatcher;
    private readonly SystemGroup _peers;
    private readonly SystemGroup _statistics;
    private readonly SerialDisposable _tick = new();
    private int _peersPosted;
    private int _statisticsPosted;
    private int _isTicking;

    public SystemGroups(
        string serverName, ulong incarnation, int maxFrameBytes, Dispatcher dispatcher, Func<IReadOnlyList<MsgcPeerState>> peers, Func<ServerStatistics> statistics)
    {
        _dispatcher = dispatcher;
        _peers = new SystemGroup("$msgc.peers"u8.ToArray(), incarnation, maxFrameBytes, most => PeersReport.Write(serverName, peers(), most));
        _statistics = new SystemGroup("$msgc.stats"u8.ToArray(), incarnation, maxFrameBytes, most => StatisticsReport.Write(statistics(), Interval, most));
    }

    /// <summary>Where messages go; set once, before anything is published.</summary>
    public Switchboard Switchboard { get; set; } = null!;

    /// <summary>Somebody has begun to listen. Called under a lock, so it happens later, and once for all who have begun by then.</summary>
    public void Listened(byte[] group)
    {
        if (group.AsSpan().SequenceEqual(_peers.Name) && Interlocked.Exchange(ref _peersPosted, 1) == 0) _dispatcher.Post(PublishPeers);
        if (group.AsSpan().SequenceEqual(_statistics.Name) && Interlocked.Exchange(ref _statisticsPosted, 1) == 0) _dispatcher.Post(PublishStatistics);
    }

    /// <summary>Publishes the states of the links, if anybody listens.</summary>
    public void PublishPeers()
    {
        Interlocked.Exchange(ref _peersPosted, 0); // before looking: who begins to listen after that posts anew
        _peers.Publish(Switchboard);
    }

    /// <summary>The server has stopped.</summary>
    public void Dispose() => _tick.Dispose();

    private void PublishStatistics()
    {
        Interlocked.Exchange(ref _statisticsPosted, 0);
        if (!_tick.IsDisposed && _statistics.Publish(Switchboard) && Interlocked.Exchange(ref _isTicking, 1) == 0) Begin();
    }

    private void Begin()
    {
        Switchboard.Count(true);
        Wait();
    }

    private void Wait() => _tick.Disposable = _dispatcher.Scheduler.Schedule(Interval, () => _dispatcher.Post(Tick));

    private void Tick()
    {
        if (_statistics.Publish(Switchboard))
        {
            Wait();
            return;
        }
        Switchboard.Count(false);
        Interlocked.Exchange(ref _isTicking, 0);
        // Who began to listen meanwhile found the ticking under way.
        if (_statistics.Publish(Switchboard) && Interlocked.Exchange(ref _isTicking, 1) == 0) Begin();
    }
}
