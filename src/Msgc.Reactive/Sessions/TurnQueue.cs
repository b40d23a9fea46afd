using System.Collections.Concurrent;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// Where the process's turns wait for threads of the pool, in order. Not one by one in the pool's own queue: at full load, to post each turn of
/// 20 messages there and to ask it whether others wait took a tenth of a server's time. No observer of a user's runs in these turns; one that
/// blocks all the same holds nobody up, since whoever takes a turn first asks for another thread while there are more.
/// </summary>
/// <param name="requestThread">Runs the queue on a thread of the pool, later; the pool itself unless a test does.</param>
internal sealed class TurnQueue(Action<IThreadPoolWorkItem>? requestThread = null) : IThreadPoolWorkItem
{
    /// <summary>So many are run before a thread goes back to what else waits in the pool: received blocks, above all.</summary>
    private const int TurnsInARow = 16;

    private readonly ConcurrentQueue<IThreadPoolWorkItem> _turns = new();
    private int _requested; // 1 from when a thread is asked for until it comes

    public static TurnQueue Shared { get; } = new();

    /// <summary>True while no turn waits.</summary>
    public bool IsEmpty => _turns.IsEmpty;

    public void Post(IThreadPoolWorkItem turn)
    {
        _turns.Enqueue(turn);
        RequestThread();
    }

    void IThreadPoolWorkItem.Execute()
    {
        // First of all: who queues a turn from now on asks for a thread again, and what was queued before is found below.
        Interlocked.Exchange(ref _requested, 0);
        for (var i = 0; i < TurnsInARow && _turns.TryDequeue(out var turn); i++)
        {
            if (!_turns.IsEmpty) RequestThread();
            turn.Execute();
        }
    }

    private void RequestThread()
    {
        if (Volatile.Read(ref _requested) != 0 || Interlocked.Exchange(ref _requested, 1) != 0) return;
        if (requestThread is not null) requestThread(this);
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
