using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Testing.Network;

/// <summary>
/// All programs of a host, as the scheduler that they are given: the network's, except that nothing of theirs runs while the host is
/// frozen. What comes due meanwhile waits here and runs at thaw, in one scheduled action and in its order.
/// </summary>
internal sealed class SimulatedProcess(SimulatedNetwork network, IScheduler scheduler) : IScheduler, IServiceProvider
{
    private readonly Queue<Action> _waiting = new();

    public DateTimeOffset Now => scheduler.Now;

    public bool IsFrozen { get; private set; }

    /// <summary>Also until all that waited has run: nothing may overtake it.</summary>
    private bool IsHeld => IsFrozen || _waiting.Count > 0;

    public void Freeze() => IsFrozen = true;

    public void Thaw()
    {
        if (!IsFrozen) return;
        IsFrozen = false;
        ScheduleCatchUp();
    }

    /// <summary>A call of the network's to a program: made now, or at thaw.</summary>
    public void Run<T>(T state, Action<T> action)
    {
        if (IsHeld) Hold(state, action);
        else action(state);
    }

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action) =>
        scheduler.Schedule(new Work<TState>(this, state, action), static (_, work) => work.Run());

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        scheduler.Schedule(new Work<TState>(this, state, action), dueTime, static (_, work) => work.Run());

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        scheduler.Schedule(new Work<TState>(this, state, action), dueTime, static (_, work) => work.Run());

    /// <summary>Stopwatches are the network's scheduler's. Its other services would run work past this object.</summary>
    public object? GetService(Type serviceType) =>
        serviceType == typeof(IStopwatchProvider) ? (scheduler as IServiceProvider)?.GetService(serviceType) : null;

    private void CatchUp()
    {
        try
        {
            while (!IsFrozen && _waiting.TryDequeue(out var next)) next();
        }
        catch
        {
            ScheduleCatchUp();
            throw;
        }
    }

    private void ScheduleCatchUp()
    {
        if (_waiting.Count > 0) network.Schedule(this, 0, static process => process.CatchUp());
    }

    private void Hold<T>(T state, Action<T> action) => _waiting.Enqueue(() => action(state));

    private IDisposable Wait<TState>(Work<TState> work)
    {
        var outcome = new SingleAssignmentDisposable();
        _waiting.Enqueue(() =>
        {
            if (!outcome.IsDisposed) outcome.Disposable = work.Action(this, work.State);
        });
        return outcome;
    }

    private readonly record struct Work<TState>(SimulatedProcess Process, TState State, Func<IScheduler, TState, IDisposable> Action)
    {
        public IDisposable Run() => Process.IsHeld ? Process.Wait(this) : Action(Process, State);
    }
}
