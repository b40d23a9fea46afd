using System.Globalization;
using System.Reactive.Concurrency;
using Spectre.Console;

namespace Msgc.Tool;

/// <summary>How many messages there are and how fast they go, on standard error while that is a terminal.</summary>
internal sealed class Progress(IScheduler scheduler)
{
    private readonly IStopwatch _elapsed = scheduler.StartStopwatch();
    private long _count;

    public long Count => Volatile.Read(ref _count);

    /// <summary>One more; from one thread at a time.</summary>
    public void Add() => Volatile.Write(ref _count, _count + 1);

    /// <summary>Runs the work, showing its progress.</summary>
    public async Task ShowAsync(Func<Task> work)
    {
        if (Terminal.Error is not { } terminal)
        {
            await work();
            return;
        }
        await terminal.Status().StartAsync("publishing", async status =>
        {
            using (scheduler.SchedulePeriodic(TimeSpan.FromMilliseconds(200), () => status.Status(ToString()))) await work();
        });
        Notice.Say(ToString());
    }

    public override string ToString()
    {
        var (count, seconds) = (Count, _elapsed.Elapsed.TotalSeconds);
        return string.Create(CultureInfo.InvariantCulture, $"{count:N0} messages in {seconds:N1} s, {count / seconds:N0} per second");
    }
}
