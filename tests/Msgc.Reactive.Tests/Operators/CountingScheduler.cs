using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Tests.Operators;

/// <summary>Counts what is scheduled and neither run nor cancelled yet: the timers an operator has left behind.</summary>
internal sealed class CountingScheduler(IScheduler inner) : IScheduler, IServiceProvider
{
    private int _outstanding;
    private int _total;

    public int Outstanding => Volatile.Read(ref _outstanding);

    public int Total => Volatile.Read(ref _total);

    public DateTimeOffset Now => inner.Now;

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        var (once, counted) = Count(action);
        return Both(once, inner.Schedule(state, counted));
    }

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        var (once, counted) = Count(action);
        return Both(once, inner.Schedule(state, dueTime, counted));
    }

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        var (once, counted) = Count(action);
        return Both(once, inner.Schedule(state, dueTime, counted));
    }

    public object? GetService(Type serviceType) =>
        serviceType == typeof(IStopwatchProvider) ? (inner as IServiceProvider)?.GetService(serviceType) : null;

    private static CompositeDisposable Both(IDisposable once, IDisposable item) => new(once, item);

    private (IDisposable Once, Func<IScheduler, TState, IDisposable> Action) Count<TState>(Func<IScheduler, TState, IDisposable> action)
    {
        Interlocked.Increment(ref _outstanding);
        Interlocked.Increment(ref _total);
        var once = Disposable.Create(() => Interlocked.Decrement(ref _outstanding));
        return (once, (_, state) =>
        {
            once.Dispose();
            return action(this, state);
        });
    }
}
