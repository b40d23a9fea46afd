namespace Msgc.Reactive.Sessions;

/// <summary>
/// A task of the public edge. By default its continuations run on the thread pool. With a user's scheduler it completes inside a scheduled
/// action, its continuations running there and then: so application code with <c>await</c> stays in virtual time.
/// </summary>
internal sealed class Completion<T>(Dispatcher dispatcher)
{
    private readonly TaskCompletionSource<T> _source =
        new(dispatcher.OnUsersScheduler ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    private CancellationTokenRegistration _cancellation;
    private int _claimed;

    public Task<T> Task => _source.Task;

    public bool IsClaimed => Volatile.Read(ref _claimed) != 0;

    /// <summary>True for the one who decides how it ends; then <see cref="SetResult"/> or <see cref="SetException"/> must follow.</summary>
    public bool TryClaim() => Interlocked.Exchange(ref _claimed, 1) == 0;

    public void SetResult(T result) => Finish(() => _source.TrySetResult(result));

    public void SetException(Exception error) => Finish(() => _source.TrySetException(error));

    public bool TrySetResult(T result) => TryClaim() && Finish(() => _source.TrySetResult(result));

    public bool TrySetException(Exception error) => TryClaim() && Finish(() => _source.TrySetException(error));

    public bool TrySetCanceled(CancellationToken token) => TryClaim() && Finish(() => _source.TrySetCanceled(token));

    /// <summary>Cancels with the token unless it completes before; <paramref name="canceled"/> then lets the waiter be forgotten.</summary>
    public void CancelWith(CancellationToken token, Action? canceled = null)
    {
        if (!token.CanBeCanceled) return;
        _cancellation = token.UnsafeRegister(
            (_, t) =>
            {
                if (TrySetCanceled(t)) canceled?.Invoke();
            },
            null);
        Interlocked.MemoryBarrier(); // either who completes it meanwhile sees the registration, or this sees that
        if (IsClaimed) _cancellation.Dispose();
    }

    private bool Finish(Action complete)
    {
        _cancellation.Unregister();
        dispatcher.Complete(complete);
        return true;
    }
}
