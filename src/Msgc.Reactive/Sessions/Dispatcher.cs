using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// Where work goes: to the thread pool by default, turns by way of the queue that they share; to the user's scheduler when one is given. The one
/// switch between production and virtual time; everything else is the same code.
/// </summary>
/// <param name="scheduler">The user's, or none.</param>
/// <param name="turns">Where turns wait; the process's queue unless a test has its own.</param>
/// <param name="poolIsWanted">True while something waits for a thread of the pool; the pool tells unless a test does.</param>
internal sealed class Dispatcher(IScheduler? scheduler, TurnQueue? turns = null, Func<bool>? poolIsWanted = null)
{
    private readonly TurnQueue _turns = turns ?? TurnQueue.Shared;

    /// <summary>The clock of every rule about time.</summary>
    public IScheduler Scheduler { get; } = scheduler ?? DefaultScheduler.Instance;

    /// <summary>True when the user gave a scheduler: then all work, and all continuations of public tasks, run on it.</summary>
    public bool OnUsersScheduler { get; } = scheduler is not null;

    /// <summary>
    /// True while a turn waits for a thread, and always on a user's scheduler, and on threads not of the pool, for which others wait unseen.
    /// Otherwise whose turn is over would be the next one, and may go on at once.
    /// </summary>
    public bool OthersWait => OnUsersScheduler || !Thread.CurrentThread.IsThreadPoolThread || !_turns.IsEmpty;

    /// <summary>True while something waits for a thread of the pool, turns or not: received blocks, above all. Not for each run: asking takes its time.</summary>
    public bool PoolIsWanted => poolIsWanted?.Invoke() ?? ThreadPool.PendingWorkItemCount > 0;

    /// <summary>Runs a turn, in which no observer of a user's is called, behind those posted before it.</summary>
    public void PostTurn(IThreadPoolWorkItem turn)
    {
        if (OnUsersScheduler) Post(turn);
        else _turns.Post(turn);
    }

    /// <summary>Runs the work later, behind what was posted before it.</summary>
    public void Post(IThreadPoolWorkItem work)
    {
        if (OnUsersScheduler) Scheduler.Schedule(work, static (_, item) => Run(item));
        else ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
    }

    /// <inheritdoc cref="Post(IThreadPoolWorkItem)"/>
    public void Post(Action work)
    {
        if (OnUsersScheduler) Scheduler.Schedule(work, static (_, action) => Run(action));
        else ThreadPool.UnsafeQueueUserWorkItem(static action => action(), work, preferLocal: false);
    }

    /// <summary>
    /// Completes something that applications await. By default that is done here and now, since continuations go to the thread pool. On a
    /// user's scheduler it is done in a scheduled action without a synchronization context, so that even continuations that asked for none
    /// (<c>ConfigureAwait(false)</c>) run there and then.
    /// </summary>
    public void Complete(Action complete)
    {
        if (!OnUsersScheduler)
        {
            complete();
            return;
        }
        Post(() =>
        {
            var context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                complete();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        });
    }

    private static IDisposable Run(IThreadPoolWorkItem item)
    {
        item.Execute();
        return Disposable.Empty;
    }

    private static IDisposable Run(Action action)
    {
        action();
        return Disposable.Empty;
    }
}
