using System.Collections.Concurrent;
using System.Reactive.Concurrency;

namespace Msgc.Reactive.Transport;

/// <summary>
/// Runs actions on a scheduler one at a time and in order, each in its own scheduled action, also where the scheduler itself would run
/// them in parallel. Its users bound it: a connection posts nothing of a kind while the last of that kind waits.
/// </summary>
internal sealed class SerialQueue
{
    private readonly ConcurrentQueue<Action> _waiting = new();
    private readonly IScheduler _scheduler;
    private readonly Action _runOne;
    private int _count;

    public SerialQueue(IScheduler scheduler)
    {
        _scheduler = scheduler;
        _runOne = RunOne;
    }

    public void Post(Action action)
    {
        _waiting.Enqueue(action);
        if (Interlocked.Increment(ref _count) == 1) _scheduler.Schedule(_runOne);
    }

    private void RunOne()
    {
        _waiting.TryDequeue(out var action); // counted after it was enqueued, so it is there
        try
        {
            action!();
        }
        finally
        {
            if (Interlocked.Decrement(ref _count) > 0) _scheduler.Schedule(_runOne);
        }
    }
}
