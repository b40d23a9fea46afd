using System.Reactive.Concurrency;

namespace Msgc.Reactive.Testing.Cluster;

/// <summary>
/// The scheduler of one program on a host, which tells when the program schedules anything after its end; but for what is due at once
/// within a millisecond of it, since the ends of sequences may be on their way still.
/// </summary>
internal sealed class ProgramScheduler(IScheduler inner, string host, Violations violations) : IScheduler
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1);

    private DateTimeOffset _end = DateTimeOffset.MaxValue;

    public IScheduler Inner => inner;

    public DateTimeOffset Now => inner.Now;

    /// <summary>The program has ended: from now on it has nothing to do.</summary>
    public void End() => _end = inner.Now;

    public IDisposable Schedule<TState>(TState state, Func<IScheduler, TState, IDisposable> action)
    {
        Check(TimeSpan.Zero);
        return inner.Schedule((this, state, action), static (_, s) => s.action(s.Item1, s.state));
    }

    public IDisposable Schedule<TState>(TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Check(dueTime);
        return inner.Schedule((this, state, action), dueTime, static (_, s) => s.action(s.Item1, s.state));
    }

    public IDisposable Schedule<TState>(TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action)
    {
        Check(dueTime - inner.Now);
        return inner.Schedule((this, state, action), dueTime, static (_, s) => s.action(s.Item1, s.state));
    }

    private void Check(TimeSpan dueTime)
    {
        var now = inner.Now;
        if (now >= _end && (dueTime > TimeSpan.Zero || now - _end > Grace)) violations.Scheduled(host, now.UtcTicks);
    }
}
