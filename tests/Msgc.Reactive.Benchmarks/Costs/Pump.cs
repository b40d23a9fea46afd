using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>
/// Harness: the server's scheduler. What is posted is run by <see cref="Run"/> on the caller's thread, in order; time stands still, so
/// nothing is ever due. Posts allocate nothing here, so that the bytes counted are the server's.
/// </summary>
internal sealed class Pump : IScheduler
{
    private readonly Queue<(object State, object? Action)> _posted = new();
    private readonly WorkThatIsPosted _work = new();

    public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

    /// <summary>How much was run.</summary>
    public long Posts { get; private set; }

    /// <summary>Runs all that is posted, and what that posts.</summary>
    public void Run()
    {
        while (_posted.TryDequeue(out var posted))
        {
            Posts++;
            if (posted.Action is Func<IScheduler, IThreadPoolWorkItem, IDisposable> action) action(this, (IThreadPoolWorkItem)posted.State);
            else ((Action)posted.State)();
        }
    }

    public void Post(IThreadPoolWorkItem work) => Schedule(work, _work.Action);

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        if (state is IThreadPoolWorkItem item && action is Func<IScheduler, IThreadPoolWorkItem, IDisposable>) _posted.Enqueue((item, action));
        else _posted.Enqueue((Other(state, action), null));
        return Disposable.Empty;
    }

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        dueTime > TimeSpan.Zero ? Disposable.Empty : Schedule(state, action);

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Schedule(state, dueTime - Now, action);

    /// <summary>By itself, since a method that has a closure allocates it whether it is needed or not.</summary>
    private Action Other<TState>(TState state, Func<IScheduler, TState, IDisposable> action) => () => action(this, state);

    private sealed class WorkThatIsPosted
    {
        public Func<IScheduler, IThreadPoolWorkItem, IDisposable> Action { get; } = static (_, work) =>
        {
            work.Execute();
            return Disposable.Empty;
        };
    }
}
