using System.Threading.Tasks.Sources;

namespace Msgc.Reactive.Transport;

/// <summary>
/// What a receive loop passes before each receive: open unless paused. Allocates nothing. Opening hands a waiting loop to the thread pool,
/// so that none of its callbacks runs on the stack, or under a lock, of whoever resumes.
/// </summary>
internal sealed class ReceiveGate : IValueTaskSource, IThreadPoolWorkItem
{
    private const int Opened = 0, Paused = 1, Waiting = 2, Broken = 3;

    private ManualResetValueTaskSourceCore<bool> _wait;
    private int _state;

    /// <summary>Makes the loop wait at its next pass. Called by the loop's own callbacks, or before it runs: never while it waits.</summary>
    public void Pause() => Interlocked.CompareExchange(ref _state, Paused, Opened);

    /// <summary>Lets the loop go on; before it has come to wait, it does not even notice.</summary>
    public void Resume()
    {
        if (Interlocked.CompareExchange(ref _state, Opened, Paused) != Waiting) return;
        if (Interlocked.CompareExchange(ref _state, Opened, Waiting) == Waiting) Wake();
    }

    /// <summary>Lets the loop go on, and never wait again.</summary>
    public void Break()
    {
        if (Interlocked.Exchange(ref _state, Broken) == Waiting) Wake();
    }

    /// <summary>Completes at once, or when resumed. One waiter at a time.</summary>
    public ValueTask PassAsync()
    {
        if (Volatile.Read(ref _state) != Paused) return default;
        _wait.Reset();
        return Interlocked.CompareExchange(ref _state, Waiting, Paused) == Paused ? new ValueTask(this, _wait.Version) : default;
    }

    // The gate is its own work item: a continuation queued by the source itself would cost an allocation.
    private void Wake() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute() => _wait.SetResult(true);

    void IValueTaskSource.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);
}
