using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// A client's outbound queue: messages are encoded where they will be sent from. It belongs to the client and survives reconnects.
/// Overflow rule: <see cref="PublishAsync"/> waits in order, <see cref="TryPublish"/> drops and uses a number up. (contract, "§5")
/// </summary>
internal sealed partial class PublishQueue(Dispatcher dispatcher, BlockPool pool, ulong client, Func<BacklogLimits> limits, int maxFrameBytes)
{
    /// <summary>Who has handed nothing for longer than this is not in the midst of many messages, which go together.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMicroseconds(50);

    private readonly SpinGate _gate = new();
    private readonly IStopwatch _clock = dispatcher.Scheduler.StartStopwatch();
    private readonly Queue<Run> _closedRuns = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private readonly FlushLedger _flushes = new(dispatcher);
    private Run _head;
    private Block? _tail; // where messages are written to
    private int _openStart; // what nobody has taken of them yet is there, from here
    private int _end; // to here
    private int _openMessages;
    private int _openEach; // the length of each of them where all are equal and none is packed, else 0
    private PublishCounter? _last; // whose the last frame of what is open is; null where nothing is
    private int _lastStart;
    private int _lastMessages;
    private ulong _lastNumber; // the last message's
    private int _messagesPerFrame = 1; // as the server allows
    private Load _used;
    private PublishFeed? _feed;
    private Exception? _closed;
    private long _handedAt;

    /// <summary>The largest frame that the server takes and this queue has room for.</summary>
    public int MaxFrameBytes { get; private set; } = maxFrameBytes;

    /// <summary>What is queued.</summary>
    public Load Used
    {
        get
        {
            using (_gate.Enter()) return _used;
        }
    }

    /// <summary>Queues a message, waiting for room.</summary>
    /// <exception cref="ArgumentException">It is larger than the server takes; when it is so only by the time there is room, the task fails.</exception>
    public ValueTask PublishAsync(PublishCounter counter, ReadOnlyMemory<byte> payload, CancellationToken token)
    {
        if (token.IsCancellationRequested) return ValueTask.FromCanceled(token);
        return TryQueue(counter, payload.Span) ? ValueTask.CompletedTask : WaitAsync(counter, payload, token);
    }

    /// <summary>Queues a message, or drops it when there is no room: false, its number used up.</summary>
    /// <exception cref="ArgumentException">It is larger than the server takes.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public bool TryPublish(PublishCounter counter, ReadOnlySpan<byte> payload)
    {
        while (!TryQueue(counter, payload))
        {
            using var inside = _gate.Enter();
            if (_closed is not null) throw _closed;
            if (HasRoomFor(CheckedLoadOf(counter, payload.Length))) continue; // by now
            counter.Last++;
            return false;
        }
        return true;
    }

    /// <summary>Completes when the server has handled all that was queued before.</summary>
    public Task FlushAsync(CancellationToken token)
    {
        Completion<bool> flush;
        PublishFeed? feed;
        using (_gate.Enter())
        {
            if (_closed is not null) return Task.FromException(_closed);
            flush = _flushes.Begin(out var frame);
            AppendControl(frame);
            feed = _feed;
        }
        flush.CancelWith(token);
        feed?.Sender.Wake(); // the client flushes under its lock when it ends
        return flush.Task;
    }

    /// <summary>Fails the flushes under way: their answers lie behind what is not read.</summary>
    public void FailFlushes(Exception error)
    {
        using var inside = _gate.Enter();
        _flushes.Fail(error, inside);
    }

    /// <summary>The client is disposed: whoever waits, and whoever comes, gets the error.</summary>
    public void Close(Exception error)
    {
        using var inside = _gate.Enter();
        if (_closed is not null) return;
        _closed = error;
        _feed = null;
        foreach (var run in TakeAll()) run.Block!.Release();
        _tail?.Release();
        _tail = null;
        foreach (var waiter in _waiters) inside.Later(() => waiter.Completion.TrySetException(error));
        _waiters.Clear();
        _flushes.Fail(error, inside);
    }

    /// <summary>
    /// Single messages are sent at once, on the publisher's stack; many go together. A drain under way looks into the queue, inside its gate,
    /// before it rests.
    /// </summary>
    private void Send(PublishFeed feed)
    {
        if (!feed.Sender.IsIdle) return;
        if (dispatcher.OnUsersScheduler || _clock.Elapsed.Ticks - Volatile.Read(ref _handedAt) <= Quiet.Ticks)
        {
            feed.Sender.Wake();
            return;
        }
        feed.Sender.SendNow();
        Volatile.Write(ref _handedAt, _clock.Elapsed.Ticks); // a send that takes long is no quiet time
    }

    /// <summary>
    /// Queues a message that finds room, and sends it unless somebody does; false, with nothing done, where there is none, or the message may not be
    /// queued at all. It is never inlined: within a publisher's loop too little is left of what the runtime inlines into one method, and what
    /// this calls would be calls there, which took a third of its time.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryQueue(PublishCounter counter, ReadOnlySpan<byte> payload)
    {
        PublishFeed? feed;
        using (_gate.Enter())
        {
            var load = LoadOf(counter, payload.Length);
            if (_closed is not null || load.Bytes > MaxFrameBytes || !HasRoomFor(load)) return false;
            Append(counter, payload, load);
            feed = _feed;
        }
        if (feed is not null) Send(feed);
        return true;
    }

    private bool HasRoomFor(Load load) => _waiters.Count == 0 && (_used + load).Fits(limits().Full);

    private void Append(PublishCounter counter, ReadOnlySpan<byte> payload, Load load)
    {
        var length = (int)load.Bytes;
        if (IsPackable(counter, payload.Length))
        {
            length = MessageFrame.Pack(_tail!.Bytes.AsSpan(_lastStart), _end - _lastStart, payload);
            counter.Last++;
            _lastMessages++;
            _openEach = 0;
        }
        else
        {
            if (_tail is null || _tail.Bytes.Length - _end < length) Extend(length);
            else if (_openMessages == 0 && !_tail.IsShared) _openStart = _end = 0;
            MessageFrame.Write(_tail!.Bytes.AsSpan(_end), client, ++counter.Last, counter.Group, payload);
            _openEach = _openMessages == 0 || _openEach == length ? length : 0;
            (_last, _lastStart, _lastMessages) = (counter, _end, 1);
        }
        _lastNumber = counter.Last;
        _openMessages++;
        _end += length;
        _used += new Load(1, length);
    }

    /// <summary>True when the message can go into the last frame, which nobody has taken: header and name are half of a small one.</summary>
    private bool IsPackable(PublishCounter counter, int payload)
    {
        if (_last != counter || _lastNumber != counter.Last || _lastMessages >= _messagesPerFrame) return false;
        var room = Math.Min(MessageFrame.MaxPackedBytes - (_end - _lastStart), _tail!.Bytes.Length - _end) - MessageFrame.FurtherHeaderBytes;
        return payload <= room;
    }

    private void Extend(int length)
    {
        CloseOpen();
        _tail?.Release();
        _tail = pool.Rent(length);
        _openStart = _end = 0;
    }

    private void AppendControl(byte[] frame)
    {
        CloseOpen();
        _closedRuns.Enqueue(Run.Control(frame));
    }

    private void CloseOpen()
    {
        if (_openMessages > 0) _closedRuns.Enqueue(TakeOpen());
    }

    private Run TakeOpen()
    {
        _tail!.AddReferences();
        var run = new Run(_tail, _openStart, _end - _openStart, _openMessages, Each: _openEach);
        _openStart = _end;
        _openMessages = 0;
        _last = null;
        return run;
    }

    private List<Run> TakeAll()
    {
        var all = new List<Run>();
        if (_head.Length > 0) all.Add(_head);
        _head = default;
        CloseOpen();
        all.AddRange(_closedRuns);
        _closedRuns.Clear();
        return all;
    }
}
