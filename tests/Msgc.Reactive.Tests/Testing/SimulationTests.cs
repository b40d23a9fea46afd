using System.Threading.Channels;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

public sealed class SimulationTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(Clock.TestScheduler)]
    [InlineData(Clock.VirtualScheduler)]
    public void Delays_end_in_virtual_time_on_the_thread_that_advances(Clock clock)
    {
        var simulation = new Simulation(clock.Make());
        var trace = new List<(long Seconds, int Thread)>();
        var task = simulation.Run(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await Task.Delay(Second, simulation.TimeProvider);
                trace.Add(Stamp(simulation));
            }
            return trace.Count;
        });

        Assert.Empty(trace);
        simulation.AdvanceBy(2 * Second);
        Assert.False(task.IsCompleted);
        simulation.AdvanceBy(2 * Second);

        Assert.True(task.IsCompletedSuccessfully);
        var here = Environment.CurrentManagedThreadId;
        Assert.Equal([(1, here), (2, here), (3, here)], trace);
    }

    [Theory]
    [InlineData(Clock.TestScheduler)]
    [InlineData(Clock.VirtualScheduler)]
    public void Continuations_that_capture_nothing_stay_on_the_thread_that_advances(Clock clock)
    {
        var simulation = new Simulation(clock.Make());
        var trace = new List<(long Seconds, int Thread)>();
        var task = simulation.Run(async () =>
        {
            await LibraryAsync().ConfigureAwait(false);
            trace.Add(Stamp(simulation));
        });

        simulation.AdvanceBy(10 * Second);

        Assert.True(task.IsCompletedSuccessfully);
        var here = Environment.CurrentManagedThreadId;
        Assert.Equal([(1, here), (2, here), (2, here)], trace);

        async Task LibraryAsync()
        {
            await Task.Delay(Second, simulation.TimeProvider).ConfigureAwait(false);
            trace.Add(Stamp(simulation));
            await Task.Delay(Second, simulation.TimeProvider).ConfigureAwait(false);
            trace.Add(Stamp(simulation));
        }
    }

    [Theory]
    [InlineData(Clock.TestScheduler)]
    [InlineData(Clock.VirtualScheduler)]
    public void Cancellation_comes_in_virtual_time(Clock clock)
    {
        var simulation = new Simulation(clock.Make());
        var cancelled = 0L;
        var task = simulation.Run(async () =>
        {
            using var source = new CancellationTokenSource(3 * Second, simulation.TimeProvider);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, simulation.TimeProvider, source.Token);
            }
            catch (OperationCanceledException)
            {
                cancelled = simulation.Scheduler.Now.Ticks / TimeSpan.TicksPerSecond;
            }
        });

        simulation.AdvanceBy(10 * Second);

        Assert.True(task.IsCompletedSuccessfully);
        Assert.Equal(3, cancelled);
    }

    [Theory]
    [InlineData(Clock.TestScheduler)]
    [InlineData(Clock.VirtualScheduler)]
    public void Two_loops_interleave_alike_in_each_run(Clock clock)
    {
        Assert.Equal(Trace(), Trace());

        List<string> Trace()
        {
            var simulation = new Simulation(clock.Make());
            var trace = new List<string>();
            var channel = Channel.CreateBounded<int>(2);
            var writer = simulation.Run(async () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    await channel.Writer.WriteAsync(i);
                    trace.Add($"wrote {i}");
                    await Task.Yield();
                }
                channel.Writer.Complete();
            });
            var reader = simulation.Run(async () =>
            {
                await foreach (var i in channel.Reader.ReadAllAsync())
                {
                    trace.Add($"read {i}");
                    if (i % 3 == 0) await Task.Delay(Second, simulation.TimeProvider);
                }
            });
            simulation.AdvanceBy(60 * Second);
            Assert.True(writer.IsCompletedSuccessfully && reader.IsCompletedSuccessfully);
            Assert.Equal(40, trace.Count);
            return trace;
        }
    }

    [Fact]
    public void The_context_is_current_only_while_time_advances()
    {
        var simulation = new Simulation(new VirtualScheduler());
        var before = SynchronizationContext.Current;
        SynchronizationContext? during = null;
        simulation.Scheduler.ScheduleAbsolute(0, 1, (_, _) =>
        {
            during = SynchronizationContext.Current;
            return System.Reactive.Disposables.Disposable.Empty;
        });

        simulation.AdvanceTo(2);

        Assert.IsType<SimulationContext>(during);
        Assert.Same(before, SynchronizationContext.Current);
    }

    [Fact]
    public void An_exception_of_async_void_code_leaves_the_advance()
    {
        var simulation = new Simulation(new VirtualScheduler());
        simulation.Run(() =>
        {
            FailLater();
            return Task.CompletedTask;
        });

        Assert.Throws<InvalidDataException>(() => simulation.AdvanceBy(2 * Second));
        simulation.AdvanceBy(Second);

        async void FailLater()
        {
            await Task.Delay(Second, simulation.TimeProvider);
            throw new InvalidDataException();
        }
    }

    [Theory]
    [InlineData(Clock.TestScheduler)]
    [InlineData(Clock.VirtualScheduler)]
    public void A_task_completed_by_another_thread_is_reported_by_the_next_advance(Clock clock)
    {
        var simulation = new Simulation(clock.Make());
        var elsewhere = new TaskCompletionSource();
        var task = simulation.Run(async () => await elsewhere.Task);
        var thread = new Thread(elsewhere.SetResult);
        thread.Start();
        thread.Join();

        var thrown = Assert.Throws<InvalidOperationException>(() => simulation.AdvanceBy(Second));

        Assert.Contains("was posted from thread", thrown.Message, StringComparison.Ordinal);
        Assert.False(task.IsCompleted);
    }

    [Theory]
    [InlineData(Clock.TestScheduler)]
    [InlineData(Clock.VirtualScheduler)]
    public void Timers_repeat_change_and_stop(Clock clock)
    {
        var scheduler = clock.Make();
        var provider = new VirtualTimeProvider(scheduler);
        var trace = new List<long>();
        var start = provider.GetTimestamp();
        var timer = provider.CreateTimer(_ => trace.Add(scheduler.Clock), null, TimeSpan.FromTicks(10), TimeSpan.FromTicks(5));
        scheduler.AdvanceTo(22);
        Assert.Equal([10, 15, 20], trace);

        Assert.True(timer.Change(TimeSpan.FromTicks(8), Timeout.InfiniteTimeSpan));
        scheduler.AdvanceTo(100);
        Assert.Equal([10, 15, 20, 30], trace);

        Assert.True(timer.Change(TimeSpan.FromTicks(1), TimeSpan.FromTicks(1)));
        timer.Dispose();
        Assert.False(timer.Change(TimeSpan.FromTicks(1), TimeSpan.FromTicks(1)));
        scheduler.AdvanceTo(200);
        Assert.Equal(4, trace.Count);
        Assert.Equal(TimeSpan.FromTicks(200), provider.GetElapsedTime(start));
        Assert.Equal(scheduler.Now, provider.GetUtcNow());
    }

    private static (long Seconds, int Thread) Stamp(Simulation simulation) =>
        (simulation.Scheduler.Now.Ticks / TimeSpan.TicksPerSecond, Environment.CurrentManagedThreadId);
}
