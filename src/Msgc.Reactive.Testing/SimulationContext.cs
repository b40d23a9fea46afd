using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Msgc.Reactive.Testing;

/// <summary>
/// Lets <c>await</c> live in virtual time: what is posted to it becomes a scheduled action on its scheduler, run with this context
/// current. <see cref="Simulation"/> makes it current while time advances.
/// </summary>
public sealed class SimulationContext : SynchronizationContext
{
    private readonly IScheduler _scheduler;
    private readonly ThreadGuard _guard = new("A continuation was posted");

    /// <summary>Makes one that posts to the scheduler.</summary>
    public SimulationContext(IScheduler scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _scheduler = scheduler;
    }

    /// <summary>Schedules the callback for now.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (!_guard.Admits()) return;
        _scheduler.Schedule(
            (Context: this, Callback: d, State: state),
            static (_, posted) => posted.Context.Call(posted.Callback, posted.State));
    }

    /// <summary>Calls the callback at once.</summary>
    /// <exception cref="InvalidOperationException">Called from another thread than the one that advances virtual time.</exception>
    public override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (!_guard.Admits()) throw new InvalidOperationException("Virtual time has one thread; another one cannot wait for it.");
        Call(d, state);
    }

    /// <summary>This very context: it has no state that a copy would keep apart.</summary>
    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs the action with this context current; throws first when another thread posted since the last time.</summary>
    internal T Within<T>(Func<T> action)
    {
        _guard.Enter();
        var previous = Current;
        SetSynchronizationContext(this);
        try
        {
            if (_guard.Offence() is { } offence) throw offence;
            return action();
        }
        finally
        {
            SetSynchronizationContext(previous);
        }
    }

    private IDisposable Call(SendOrPostCallback callback, object? state)
    {
        var previous = Current;
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            SetSynchronizationContext(previous);
        }
        return Disposable.Empty;
    }
}
