using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <summary>A client's groups: what is joined and watched, on whichever session there is, and who hears what arrives.</summary>
internal sealed partial class ClientGroups : IClientSide
{
    private readonly ConcurrentDictionary<byte[], MsgcGroup> _groups = new(GroupName.Comparer.Instance);
    private readonly ConcurrentDictionary<byte[], MsgcGroup>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly HashSet<MsgcGroup> _active = [];
    private readonly IStopwatch _clock;
    private readonly ReadingHolds _holds;
    private readonly ClientRules _rules;
    private readonly ConnectionStates _states;
    private MsgcGroup? _last;
    private long _away;
    private bool _ended;
    private Exception? _error;

    public ClientGroups(PublishQueue queue, Turn turn, Dispatcher dispatcher, ClientRules rules, ConnectionStates states, Action<MsgcDiagnostic> report)
    {
        _byBytes = _groups.GetAlternateLookup<ReadOnlySpan<byte>>();
        _clock = dispatcher.Scheduler.StartStopwatch();
        _rules = rules;
        _states = states;
        Queue = queue;
        Turn = turn;
        Dispatcher = dispatcher;
        Report = report;
        _holds = new ReadingHolds(dispatcher.Scheduler, rules.StallTimeout, FailWaits, () => turn.Post(Continue));
    }

    /// <summary>Guards what is joined and watched; never held while observers run.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The test kit's, or none.</summary>
    public IGroupProbe? Probe { get; init; }

    /// <summary>What is counted.</summary>
    public ClientCounts Counts { get; } = new();

    /// <summary>The client's.</summary>
    public MsgcClientId Id { get; init; }

    public PublishQueue Queue { get; }

    public Turn Turn { get; }

    public Dispatcher Dispatcher { get; }

    public Action<MsgcDiagnostic> Report { get; }

    /// <summary>The client's clock as the last received block found it, ticks; it stands still during a move, which is no silence of senders.</summary>
    public long Now { get; private set; }

    /// <summary>Where what is received stays.</summary>
    public Payloads Payloads { get; } = new();

    /// <summary>How long a silent sender's numbers are remembered, as of the last received block.</summary>
    public TimeSpan SenderMemory { get; private set; }

    /// <summary>Raised when the first subscription comes (true) and the last goes (false).</summary>
    public event Action<bool>? ActiveChanged;

    /// <summary>Observers that have paused reading.</summary>
    public ReadingHolds Holds => _holds;

    /// <summary>Why waits fail at once, while an observer has paused reading for too long.</summary>
    public MsgcPausedException? Stuck => _holds.Stuck;

    public bool IsHeld => _holds.IsHeld;

    /// <exception cref="ArgumentException">The name is no valid one.</exception>
    public MsgcGroup Get(string name) => _groups.GetOrAdd(GroupName.Encode(name, nameof(name)), static (bytes, state) =>
        state.Item1.Open(new MsgcGroup(state.Item1, state.name, bytes)), (this, name));

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
        var elapsed = _clock.Elapsed.Ticks;
        if (Volatile.Read(ref _move) is null) Now = elapsed - _away;
        else _away = elapsed - Now;
        var idle = _rules.IdleTimeout();
        SenderMemory = idle == Timeout.InfiniteTimeSpan ? idle : 2 * idle;
    }

    public int OnMessages(ClientSession session, ReadOnlySpan<byte> frame, int first)
    {
        var name = MessageFrame.Name(frame);
        if (_last is null || !name.SequenceEqual(_last.Bytes))
        {
            if (!_byBytes.TryGetValue(name, out var group)) return MessageFrame.Messages(frame);
            _last = group;
        }
        return _last.OnMessages(session, frame, first);
    }

    public void OnView(ReadOnlySpan<byte> group, bool first, bool last, bool snapshot, UInt128 viewId, MsgcViewCause cause, List<ViewEntry> entries)
    {
        if (_byBytes.TryGetValue(group, out var seen)) seen.OnView(first, last, snapshot, viewId, cause, entries);
    }

    public void OnLinkGap(string server) => PushToStanding(MsgcGapCause.LinkLost, server);

    /// <summary>Nothing is kept from the observers here.</summary>
    public void OnReleased()
    {
    }

    private void PushToStanding(MsgcGapCause cause, string? server)
    {
        MsgcGroup[] standing;
        lock (Gate) standing = [.. _active.Where(g => g.Here.Stands)];
        foreach (var group in standing) group.Push(new MsgcGap(group.Name, cause, null, null, server));
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
