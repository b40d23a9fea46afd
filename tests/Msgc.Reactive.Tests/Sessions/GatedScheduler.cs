using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Msgc.Reactive.Operators;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>
/// A scheduler on which bounded observations have to wait for the test, while all else goes on: as if their observers took long on a
/// thread of their own.
/// </summary>
internal sealed class GatedScheduler(IScheduler inner) : IScheduler
{
    private readonly Queue<Action> _held = new();

    public bool IsClosed { get; set; }

    public DateTimeOffset Now => inner.Now;

    /// <summary>Turns that wait.</summary>
    public int Held => _held.Count;

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        if (!IsClosed || state is not (Handover<MsgcMessage> or Handover<MsgcGroupEvent>)) return inner.Schedule(state, action);
        var cancelled = new BooleanDisposable();
        _held.Enqueue(() =>
        {
            if (!cancelled.IsDisposed) inner.Schedule(state, action);
        });
        return cancelled;
    }

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, dueTime, action);

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) => inner.Schedule(state, dueTime, action);

    /// <summary>Lets one turn of one observation go: at most 20 elements.</summary>
    public void Step() => _held.Dequeue()();

    /// <summary>Lets everything go, now and from now on.</summary>
    public void Open()
    {
        IsClosed = false;
        while (_held.Count > 0) Step();
    }
}
