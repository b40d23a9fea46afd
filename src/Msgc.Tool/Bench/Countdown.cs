using System.Reactive.Concurrency;

namespace Msgc.Tool.Bench;

/// <summary>Waits for so many signals, and knows when the last one came. Thread-safe.</summary>
internal sealed class Countdown(long count, IStopwatch clock)
{
    private readonly TaskCompletionSource<TimeSpan> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _left = count;

    /// <summary>Completes with the time of the last signal.</summary>
    public Task<TimeSpan> Reached => _reached.Task;

    public void Signal()
    {
        if (Interlocked.Decrement(ref _left) == 0) _reached.TrySetResult(clock.Elapsed);
    }
}
