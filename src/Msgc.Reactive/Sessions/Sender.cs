using System.Diagnostics.CodeAnalysis;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// Drains a queue into a connection: one drain at a time, behind <see cref="Wake"/> and <see cref="SendNow"/>, so many messages a turn and then
/// behind the others that wait, a send only when the batch is full or the queue empty, one send in flight.
/// </summary>
internal sealed class Sender(
    IMsgcConnection connection, IRunSource source, Dispatcher dispatcher, Func<int> messagesPerTurn, Action<int, int> handed, Action emptied) : IThreadPoolWorkItem
{
    public const int BatchBytes = 96 * 1024;

    /// <summary>What the runtime gathers into one system call without allocating: with so many a batch is full when it is half full.</summary>
    private const int BatchSegments = 8;

    /// <summary>Messages of a turn while nobody waits: then runs need not be cut, which takes a look at each message.</summary>
    private const int Uncounted = int.MaxValue;

    private const int Sending = 0;
    private const int Waiting = 1;
    private const int Done = 2;

    private readonly Queue<byte[]> _urgent = new(1);
    private readonly Lock _urgentGate = new();
    private readonly Batch _batch = new();
    private int _urgents; // their number, so that a turn without any need not look into their queue
    private int _busy;
    private int _send = Done;
    private volatile bool _closed;
    private volatile bool _emptied;

    /// <summary>True while no drain is under way.</summary>
    public bool IsIdle => Volatile.Read(ref _busy) == 0;

    private bool HasUrgent => Volatile.Read(ref _urgents) > 0;

    /// <summary>Says that the queue has something. Cheap when a drain is under way already.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier();
        if (IsIdle && Interlocked.Exchange(ref _busy, 1) == 0) dispatcher.PostTurn(this);
    }

    /// <summary>
    /// As <see cref="Wake"/>, but a little, less than a turn, is sent on the caller's stack, which holds no lock: that is done sooner than a
    /// thread wakes. More, and what comes meanwhile, is left to others.
    /// </summary>
    public void SendNow()
    {
        if (dispatcher.OnUsersScheduler)
        {
            Wake();
            return;
        }
        Interlocked.MemoryBarrier();
        if (IsIdle && Interlocked.Exchange(ref _busy, 1) == 0) Drain(once: true);
    }

    /// <summary>Sends a frame ahead of all queued data: handshakes, no-ops, pauses and draining notices only.</summary>
    public void Urgent(byte[] frame)
    {
        QueueUrgent(frame);
        Wake();
    }

    /// <summary>
    /// As <see cref="Urgent"/>, unless something urgent waits already: a send that hangs piles up no no-ops. Where no lock is held: it is sent
    /// on the caller's stack, since that takes less than to wake a thread for it.
    /// </summary>
    public bool TryNoOp(byte[] frame)
    {
        if (HasUrgent) return false;
        QueueUrgent(frame);
        SendNow();
        return true;
    }

    /// <summary>The connection's answer to a send.</summary>
    public void OnSent()
    {
        if (Interlocked.Exchange(ref _send, Done) == Waiting) Execute();
    }

    /// <summary>The connection has ended and touches no buffer: gives everything back.</summary>
    public void Close()
    {
        _closed = true;
        if (Interlocked.Exchange(ref _send, Done) == Waiting) dispatcher.PostTurn(this);
        else Wake();
    }

    /// <summary>
    /// Gives back at once what was queued after the end. Until that has been cleaned up after, a drain on a stack of its own does it, since
    /// whoever queues may hold a lock.
    /// </summary>
    public void Sweep()
    {
        if (!_emptied) Wake();
        else if (Interlocked.Exchange(ref _busy, 1) == 0) Execute();
    }

    /// <summary>One turn; runs only while this sender is busy.</summary>
    public void Execute() => Drain(once: false);

    private void Drain(bool once)
    {
        var left = once ? messagesPerTurn() : Uncounted;
        while (true)
        {
            var (isSent, isClosed) = (_batch.IsSent, _closed);
            if (isSent)
            {
                source.Sent(_batch.Load);
                _batch.Clear();
            }
            if (once && (isClosed || (isSent && !source.IsEmpty)))
            {
                dispatcher.PostTurn(this);
                return;
            }
            if (isClosed)
            {
                Empty();
            }
            else if (!Gather(ref left))
            {
                dispatcher.PostTurn(this);
                return;
            }
            else if (!_batch.IsEmpty)
            {
                if (!Send()) return;
                // No turn waits, but who fills the queue while this drains it must not keep the thread from all others in the pool.
                if (left != Uncounted || source.IsEmpty || !dispatcher.PoolIsWanted) continue;
                dispatcher.PostTurn(this);
                return;
            }
            Volatile.Write(ref _busy, 0);
            Interlocked.MemoryBarrier();
            var more = !source.IsEmpty || HasUrgent || (_closed && !_emptied);
            if (!more || Interlocked.Exchange(ref _busy, 1) != 0) return;
            if (!once) continue;
            dispatcher.PostTurn(this);
            return;
        }
    }

    private void Empty()
    {
        _batch.Clear();
        while (TryTakeUrgent(out _))
        {
            // Nobody hears it any more.
        }
        source.Drop();
        if (_emptied) return;
        _emptied = true;
        emptied();
    }

    private void QueueUrgent(byte[] frame)
    {
        lock (_urgentGate)
        {
            _urgent.Enqueue(frame);
            Volatile.Write(ref _urgents, _urgent.Count);
        }
    }

    private bool TryTakeUrgent([NotNullWhen(true)] out byte[]? frame)
    {
        frame = null;
        if (!HasUrgent) return false;
        lock (_urgentGate)
        {
            frame = _urgent.Dequeue(); // nobody else takes any
            Volatile.Write(ref _urgents, _urgent.Count);
        }
        return true;
    }

    /// <summary>Fills the batch; false when the turn's messages are used up while there is more and the batch has room.</summary>
    private bool Gather(ref int left)
    {
        while (TryTakeUrgent(out var frame)) _batch.Add(Run.Control(frame), first: true);
        var most = source.MaxBatchMessages;
        while (_batch.Bytes < (_batch.Segments.Count < BatchSegments ? BatchBytes : BatchBytes / 2) && _batch.Load.Messages < most)
        {
            if (left == Uncounted && dispatcher.OthersWait) left = messagesPerTurn();
            if (left <= 0) return source.IsEmpty;
            if (!source.TryTake(Math.Min(left, most - _batch.Load.Messages), out var run)) return true;
            if (left != Uncounted) left -= run.Messages;
            _batch.Add(run);
        }
        return true;
    }

    /// <summary>Hands the batch over; false when the connection will answer later, and that answer goes on with the drain.</summary>
    private bool Send()
    {
        _batch.IsSent = true;
        Volatile.Write(ref _send, Sending);
        handed(_batch.Load.Messages, _batch.Bytes);
        source.Handed(_batch.Load);
        connection.Send(_batch.Segments);
        if (Interlocked.CompareExchange(ref _send, Waiting, Sending) == Done) return true;
        // Closed meanwhile: no answer will come, and whoever closed saw nothing to wait for.
        return _closed && Interlocked.Exchange(ref _send, Done) == Waiting;
    }
}
