using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <summary>A client's groups: what is joined and watched, on whichever session there is, and who hears what arrives.</summary>
internal sealed class ClientGroups : IClientSide
{
    private readonly ConcurrentDictionary<byte[], MsgcGroup> _groups = new(GroupName.Comparer.Instance);
    private readonly ConcurrentDictionary<byte[], MsgcGroup>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly HashSet<MsgcGroup> _active = [];
    private readonly IStopwatch _clock;
    private readonly ReadingHolds _holds;
    private MsgcGroup? _last;
    private ClientSession? _session;
    private bool _ended;
    private Exception? _error;

    public ClientGroups(PublishQueue queue, Turn turn, Dispatcher dispatcher, Func<TimeSpan> idleTimeout, Func<TimeSpan> stallTimeout, Action<MsgcDiagnostic> report)
    {
        _byBytes = _groups.GetAlternateLookup<ReadOnlySpan<byte>>();
        _clock = dispatcher.Scheduler.StartStopwatch();
        Queue = queue;
        Turn = turn;
        Dispatcher = dispatcher;
        IdleTimeout = idleTimeout;
        Report = report;
        _holds = new ReadingHolds(dispatcher.Scheduler, stallTimeout, FailWaits, () => turn.Post(Continue));
    }

    /// <summary>Guards what is joined and watched; never held while observers run.</summary>
    public Lock Gate { get; } = new();

    public PublishQueue Queue { get; }

    public Turn Turn { get; }

    public Dispatcher Dispatcher { get; }

    public Action<MsgcDiagnostic> Report { get; }

    /// <summary>The client's clock as the last received block found it, ticks.</summary>
    public long Now { get; private set; }

    /// <summary>How long a silent sender's numbers are remembered, as of the last received block.</summary>
    public TimeSpan SenderMemory { get; private set; }

    /// <summary>Raised when the first subscription comes (true) and the last goes (false).</summary>
    public event Action<bool>? ActiveChanged;

    /// <summary>Observers that have paused reading.</summary>
    public ReadingHolds Holds => _holds;

    /// <summary>Why waits fail at once, while an observer has paused reading for too long.</summary>
    public MsgcPausedException? Stuck => _holds.Stuck;

    public bool IsHeld => _holds.IsHeld;

    private Func<TimeSpan> IdleTimeout { get; }

    /// <exception cref="ArgumentException">The name is no valid one.</exception>
    public MsgcGroup Get(string name) => _groups.GetOrAdd(GroupName.Encode(name, nameof(name)), static (bytes, state) =>
        state.Item1.Open(new MsgcGroup(state.Item1, state.name, bytes)), (this, name));

    /// <summary>Queues a join, leave, watch or unwatch of a group that has just become, or ceased to be, in use. Under the gate.</summary>
    public void Send(FrameKind kind, MsgcGroup group)
    {
        if (group.IsActive ? _active.Add(group) && _active.Count == 1 : _active.Remove(group) && _active.Count == 0) ActiveChanged?.Invoke(_active.Count > 0);
        if (_session is not null) Queue.Control(Frames.Named(kind, group.Bytes));
    }

    /// <summary>True while a session is there to answer. Under the gate.</summary>
    public bool IsUp => _session is not null;

    /// <summary>A session begins: restores what is joined and watched, then goes on with the queue.</summary>
    public void Attach(ClientSession session)
    {
        int dropped;
        lock (Gate)
        {
            _session = session;
            var restore = new MemoryStream();
            foreach (var group in _active) group.Restore(restore);
            restore.Write(Frames.Bare(FrameKind.Rejoined));
            dropped = Queue.Begin(session.Feed, restore.ToArray(), session.Server.MaxFrameBytes);
        }
        if (dropped > 0) Report(new MsgcDiagnostic(MsgcDiagnosticKind.TooLargeDropped, null, dropped, null));
    }

    /// <summary>
    /// A session is lost: each group with a standing join gets its gap, unless the client itself has ended. Returns how many messages may be
    /// lost.
    /// </summary>
    public long Detach(ClientSession session, bool tellGaps)
    {
        long lost;
        var gaps = new List<MsgcGroup>();
        lock (Gate)
        {
            if (_session != session) return 0;
            _session = null;
            foreach (var group in _active)
            {
                if (group.Lose()) gaps.Add(group);
            }
            // Those just left, too: the acknowledgements that they wait for will not come.
            foreach (var (_, group) in _groups) group.Lose();
            lost = Queue.Lose(session.Feed);
        }
        if (tellGaps && gaps.Count > 0)
        {
            Turn.Post(() =>
            {
                foreach (var group in gaps) group.Push(new MsgcGap(group.Name, MsgcGapCause.ConnectionLost, null, null, session.Server.ServerName));
            });
        }
        if (lost > 0) Report(new MsgcDiagnostic(MsgcDiagnosticKind.PublishLost, null, lost, null));
        return lost;
    }

    /// <summary>Ends all sequences, now and for those who come. Inside the turn.</summary>
    public void End(Exception? error)
    {
        MsgcGroup[] all;
        lock (Gate)
        {
            _ended = true;
            _error = error;
            all = [.. _groups.Values.OrderBy(g => g.Name, StringComparer.Ordinal)];
        }
        foreach (var group in all) group.End(error);
    }

    public void OnBlock()
    {
        Now = _clock.Elapsed.Ticks;
        var idle = IdleTimeout();
        SenderMemory = idle == Timeout.InfiniteTimeSpan ? idle : 2 * idle;
    }

    public void OnMessage(ReadOnlyMemory<byte> frame)
    {
        var name = MessageFrame.Name(frame.Span);
        if (_last is null || !name.SequenceEqual(_last.Bytes))
        {
            if (!_byBytes.TryGetValue(name, out var group)) return;
            _last = group;
        }
        _last.OnMessage(frame);
    }

    public void OnJoined(ReadOnlySpan<byte> group)
    {
        if (_byBytes.TryGetValue(group, out var joined)) joined.OnJoined();
    }

    public void OnLeft(ReadOnlySpan<byte> group)
    {
        if (_byBytes.TryGetValue(group, out var left)) left.OnLeft();
    }

    public void OnView(ReadOnlySpan<byte> group, bool first, bool last, bool snapshot, UInt128 viewId, MsgcViewCause cause, List<ViewEntry> entries)
    {
        if (_byBytes.TryGetValue(group, out var seen)) seen.OnView(first, last, snapshot, viewId, cause, entries);
    }

    private void Continue()
    {
        ClientSession? session;
        lock (Gate) session = _session;
        session?.Continue();
    }

    private void FailWaits(MsgcPausedException error)
    {
        MsgcGroup[] active;
        lock (Gate) active = [.. _active];
        Queue.FailFlushes(error);
        foreach (var group in active) group.FailJoins(error);
    }

    private MsgcGroup Open(MsgcGroup group)
    {
        lock (Gate)
        {
            if (_ended) group.End(_error);
        }
        return group;
    }
}
