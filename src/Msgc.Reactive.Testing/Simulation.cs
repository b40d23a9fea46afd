using System.Reactive.Concurrency;

namespace Msgc.Reactive.Testing;

/// <summary>
/// Runs application code with <c>await</c> in virtual time, on any virtual-time scheduler: <c>TestScheduler</c> of any version, or
/// <see cref="VirtualScheduler"/>. Start the code with <see cref="Run"/>, then advance with this object instead of the scheduler.
/// </summary>
/// <remarks>
/// <para>A continuation that captured the context (a plain <c>await</c>) is scheduled for now. One that did not
/// (<c>ConfigureAwait(false)</c>) runs at once where the awaited task completes, provided that it is completed with no context current,
/// as <see cref="TimeProvider"/> and this library do it, and without <c>RunContinuationsAsynchronously</c>.</para>
/// <para>What leaves virtual time: <c>Task.Run</c>; <c>Task.Delay</c> without <see cref="TimeProvider"/>; <c>ConfigureAwait(false)</c> on
/// a task that the context's own code completes, for instance on an async method that itself awaits without it. The runtime takes
/// such a continuation to the thread pool. Whatever it then posts or schedules is reported by the next advance.</para>
/// </remarks>
public sealed class Simulation
{
    private readonly VirtualTimeSchedulerBase<long, long> _scheduler;
    private readonly SimulationContext _context;

    /// <summary>Makes one over the scheduler.</summary>
    public Simulation(VirtualTimeSchedulerBase<long, long> scheduler)
    {
        ArgumentNullException.ThrowIfNull(scheduler);
        _scheduler = scheduler;
        _context = new SimulationContext(scheduler);
        TimeProvider = new VirtualTimeProvider(scheduler);
    }

    /// <summary>The scheduler's time, for <c>Task.Delay</c>, <c>CancellationTokenSource</c>, <c>PeriodicTimer</c> and the like.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>The scheduler it runs on.</summary>
    public VirtualTimeSchedulerBase<long, long> Scheduler => _scheduler;

    /// <summary>
    /// Calls the function at once, up to its first wait; the rest runs while time advances. The task is the function's own.
    /// </summary>
    public Task Run(Func<Task> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return _context.Within(function);
    }

    /// <inheritdoc cref="Run(Func{Task})"/>
    public Task<T> Run<T>(Func<Task<T>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return _context.Within(function);
    }

    /// <summary>Advances the scheduler to that many ticks.</summary>
    public void AdvanceTo(long ticks) => _context.Within(() =>
    {
        _scheduler.AdvanceTo(ticks);
        return true;
    });

    /// <summary>Advances the scheduler by that many ticks.</summary>
    public void AdvanceBy(long ticks) => AdvanceTo(checked(_scheduler.Clock + ticks));

    /// <summary>Advances the scheduler by that much.</summary>
    public void AdvanceBy(TimeSpan time) => AdvanceBy(time.Ticks);
}
