using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Testing;

public sealed class VirtualSchedulerTests
{
    [Fact]
    public void Timers_fire_in_the_order_and_at_the_times_of_TestScheduler()
    {
        var expected = Trace(new TestScheduler());
        var actual = Trace(new VirtualScheduler());

        Assert.Equal(expected, actual);
        Assert.Equal(3_000, actual.Count);

        static List<(long Time, int Id)> Trace(VirtualTimeSchedulerBase<long, long> scheduler)
        {
            var trace = new List<(long, int)>();
            var random = new Random(7);
            for (var i = 0; i < 1_000; i++)
            {
                var id = i;
                scheduler.Schedule(TimeSpan.FromTicks(random.Next(1, 50)), again =>
                {
                    trace.Add((scheduler.Clock, id));
                    if (trace.Count <= 2_000) again(TimeSpan.FromTicks(1 + (id % 13)));
                });
            }
            scheduler.Start();
            return trace;
        }
    }

    [Fact]
    public void Operators_with_time_give_what_they_give_on_TestScheduler()
    {
        Assert.Equal(Trace(new TestScheduler()), Trace(new VirtualScheduler()));

        static List<string> Trace(VirtualTimeSchedulerBase<long, long> scheduler)
        {
            var trace = new List<string>();
            using var subscription = Observable.Interval(TimeSpan.FromTicks(30), scheduler)
                .Merge(Observable.Timer(TimeSpan.FromTicks(45), TimeSpan.FromTicks(70), scheduler).Select(static n => n + 100))
                .Timestamp(scheduler)
                .Throttle(TimeSpan.FromTicks(12), scheduler)
                .Subscribe(x => trace.Add($"{scheduler.Clock} {x}"));
            scheduler.AdvanceTo(1_000);
            return trace;
        }
    }

    [Fact]
    public void Work_due_now_runs_on_the_same_tick_behind_what_is_queued_for_it()
    {
        var scheduler = new VirtualScheduler();
        var trace = new List<string>();
        scheduler.ScheduleAbsolute(10, () =>
        {
            trace.Add($"first {scheduler.Clock}");
            scheduler.Schedule(() => trace.Add($"now {scheduler.Clock}"));
            scheduler.ScheduleAbsolute(3, () => trace.Add($"past {scheduler.Clock}"));
            scheduler.Schedule(TimeSpan.FromTicks(-5), () => trace.Add($"negative {scheduler.Clock}"));
        });
        scheduler.ScheduleAbsolute(10, () => trace.Add($"second {scheduler.Clock}"));

        scheduler.AdvanceTo(10);

        Assert.Equal(["first 10", "second 10", "now 10", "past 10", "negative 10"], trace);
        Assert.Equal(new DateTimeOffset(10, TimeSpan.Zero), scheduler.Now);
    }

    [Fact]
    public void Work_runs_in_the_order_of_its_time_and_then_of_its_scheduling_however_near_it_is_due()
    {
        var scheduler = new VirtualScheduler();
        var random = new Random(11);
        var due = new List<(long Time, int Order)>();
        var ran = new List<(long Time, int Order)>();
        for (var i = 0; i < 10; i++) Schedule();
        scheduler.Sleep(3); // what was due in the meantime still comes, late
        for (var i = 0; i < 10; i++) Schedule();
        scheduler.AdvanceTo(100_000);

        Assert.True(ran.Count >= 5_000);
        Assert.Equal(due.Count, ran.Count);
        Assert.Equal(due.Order(), ran);
        Assert.Equal(0, scheduler.Outstanding);

        void Schedule()
        {
            var wait = random.Next(4);
            var item = (scheduler.Clock + wait, due.Count);
            due.Add(item);
            scheduler.Schedule(TimeSpan.FromTicks(wait), () =>
            {
                ran.Add(item);
                for (var children = due.Count < 5_000 ? random.Next(1, 3) : 0; children > 0; children--) Schedule();
            });
        }
    }

    [Fact]
    public void Cancelled_work_is_skipped_and_what_it_would_return_is_disposed()
    {
        var scheduler = new VirtualScheduler();
        var ran = false;
        var disposed = false;
        scheduler.ScheduleAbsolute(5, () => ran = true).Dispose();
        var running = scheduler.ScheduleAbsolute(0, 6, (_, _) => Disposable.Create(() => disposed = true));
        Assert.Equal(2, scheduler.Outstanding);

        scheduler.AdvanceTo(10);
        Assert.False(ran);
        Assert.False(disposed);
        Assert.Equal(0, scheduler.Outstanding);

        running.Dispose();
        Assert.True(disposed);
    }

    [Fact]
    public void Work_that_cancels_itself_has_its_result_disposed()
    {
        var scheduler = new VirtualScheduler();
        var self = new SerialDisposable();
        var disposed = false;
        self.Disposable = scheduler.ScheduleAbsolute(0, 1, (_, _) =>
        {
            self.Dispose();
            return Disposable.Create(() => disposed = true);
        });

        scheduler.AdvanceTo(1);

        Assert.True(disposed);
    }

    [Fact]
    public void An_exception_stops_at_its_time_and_the_next_advance_goes_on()
    {
        var scheduler = new VirtualScheduler();
        var trace = new List<long>();
        scheduler.ScheduleAbsolute(10, () => throw new InvalidDataException("mine"));
        scheduler.ScheduleAbsolute(10, () => trace.Add(scheduler.Clock));
        scheduler.ScheduleAbsolute(20, () => trace.Add(scheduler.Clock));

        Assert.Equal("mine", Assert.Throws<InvalidDataException>(() => scheduler.AdvanceTo(100)).Message);
        Assert.False(scheduler.IsEnabled);
        Assert.Equal(10, scheduler.Clock);

        scheduler.AdvanceTo(100);
        Assert.Equal([10, 20], trace);
    }

    [Fact]
    public void Work_from_another_thread_between_advances_is_not_run_and_the_next_advance_throws()
    {
        var scheduler = new VirtualScheduler();
        var ran = false;
        OnAnotherThread(() => OffendingMethod(scheduler, () => ran = true));

        var thrown = Assert.Throws<InvalidOperationException>(() => scheduler.AdvanceTo(5));
        Assert.Contains(nameof(OffendingMethod), thrown.Message, StringComparison.Ordinal);

        scheduler.AdvanceTo(10);
        Assert.False(ran);
    }

    [Fact]
    public void Work_from_another_thread_while_advancing_throws_from_that_advance()
    {
        var scheduler = new VirtualScheduler();
        scheduler.ScheduleAbsolute(3, () => OnAnotherThread(() => OffendingMethod(scheduler, static () => { })));
        scheduler.ScheduleAbsolute(8, static () => { });

        var thrown = Assert.Throws<InvalidOperationException>(() => scheduler.AdvanceTo(5));
        Assert.Contains(nameof(OffendingMethod), thrown.Message, StringComparison.Ordinal);

        scheduler.AdvanceTo(10);
        Assert.Equal(10, scheduler.Clock);
    }

    [Fact]
    public void The_thread_that_advances_may_schedule_from_then_on()
    {
        var scheduler = new VirtualScheduler();
        var ran = false;
        OnAnotherThread(() =>
        {
            scheduler.AdvanceTo(5);
            scheduler.ScheduleAbsolute(6, () => ran = true);
            scheduler.AdvanceTo(6);
        });

        Assert.True(ran);
    }

    [Fact]
    public void Stopwatches_follow_the_clock()
    {
        var scheduler = new VirtualScheduler(50);
        var stopwatch = Assert.IsAssignableFrom<IStopwatchProvider>(((IServiceProvider)scheduler).GetService(typeof(IStopwatchProvider))).StartStopwatch();

        scheduler.AdvanceBy(70);

        Assert.Equal(120, scheduler.Clock);
        Assert.Equal(TimeSpan.FromTicks(70), stopwatch.Elapsed);
    }

    [Fact]
    public void A_delay_beyond_the_end_of_time_never_comes()
    {
        var scheduler = new VirtualScheduler(50);
        scheduler.Schedule(TimeSpan.MaxValue, () => Assert.Fail("too early"));

        scheduler.AdvanceBy(TimeSpan.TicksPerDay);
    }

    private static void OffendingMethod(VirtualScheduler scheduler, Action action) => scheduler.Schedule(action);

    private static void OnAnotherThread(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }
}
