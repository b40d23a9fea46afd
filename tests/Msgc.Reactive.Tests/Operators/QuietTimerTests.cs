using System.Reactive.Concurrency;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

public sealed class QuietTimerTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly List<long> _acts = [];

    [Fact]
    public void Activity_schedules_nothing_and_one_item_is_outstanding()
    {
        var counting = new CountingScheduler(_scheduler);
        using var timer = Timer(counting, repeats: false, interval: 100);
        for (var tick = 1; tick <= 1000; tick++)
        {
            _scheduler.AdvanceTo(tick);
            timer.Mark();
            Assert.Equal(1, counting.Outstanding);
        }

        Assert.InRange(counting.Total, 9, 12); // about once an interval, not once a mark
        Assert.Empty(_acts);
        _scheduler.AdvanceTo(1101);
        Assert.Equal([1101], _acts); // due at 1100, then one hop
        Assert.Equal(0, counting.Outstanding);
    }

    [Fact]
    public void Activity_allocates_nothing()
    {
        using var timer = new QuietTimer(DefaultScheduler.Instance, () => { }, repeats: false) { Interval = TimeSpan.FromHours(1) };
        for (var i = 0; i < 100; i++)
            Cycle();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Cycle();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Cycle()
        {
            timer.Mark();
            timer.TryEnter();
            timer.Exit();
        }
    }

    [Theory]
    [InlineData(5000, 5000, 0, 5000)]
    [InlineData(5000, 5000, 1, 5249)]
    [InlineData(4999, 5000, 1, 4999)]
    [InlineData(30_000, 30_000, 251, 30_249)]
    [InlineData(100, 100, 3, 102)] // a twentieth of the interval
    public void In_real_time_deadlines_are_put_off_to_a_grid_that_all_timers_share(int wait, int interval, int now, int expected)
    {
        var onGrid = QuietTimer.OnGrid(TimeSpan.FromMilliseconds(wait), TimeSpan.FromMilliseconds(interval), TimeSpan.FromMilliseconds(now));
        Assert.Equal(TimeSpan.FromMilliseconds(expected), onGrid);
    }

    [Fact]
    public void On_a_scheduler_that_stays_on_the_tick_it_acts_on_the_tick_of_the_deadline()
    {
        var scheduler = new HistoricalScheduler(DateTimeOffset.UnixEpoch);
        using var timer = new QuietTimer(scheduler, () => _acts.Add(scheduler.Clock.Ticks - DateTimeOffset.UnixEpoch.Ticks), repeats: false);
        timer.Interval = Ticks(100);
        scheduler.AdvanceBy(Ticks(500));
        Assert.Equal([100], _acts);
    }

    [Fact]
    public void On_a_scheduler_that_stays_on_the_tick_activity_queued_behind_the_timer_wins()
    {
        var scheduler = new HistoricalScheduler(DateTimeOffset.UnixEpoch);
        using var timer = new QuietTimer(scheduler, () => _acts.Add(scheduler.Clock.Ticks - DateTimeOffset.UnixEpoch.Ticks), repeats: false);
        timer.Interval = Ticks(100);
        scheduler.Schedule(Ticks(100), timer.Mark); // queued after the timer
        scheduler.AdvanceBy(Ticks(500));
        Assert.Equal([200], _acts);
    }

    [Fact]
    public void Without_an_interval_it_never_acts()
    {
        var counting = new CountingScheduler(_scheduler);
        using var timer = new QuietTimer(counting, () => _acts.Add(_scheduler.Clock), repeats: false);
        Assert.Equal(0, counting.Outstanding);
        timer.Interval = Ticks(10);
        timer.Interval = Timeout.InfiniteTimeSpan;
        Assert.Equal(0, counting.Outstanding);
        _scheduler.AdvanceTo(1000);
        Assert.Empty(_acts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fired_though_nothing_is_due_it_acts_when_it_would_have(bool repeats)
    {
        var counting = new CountingScheduler(_scheduler);
        using var timer = Timer(counting, repeats, interval: 100);
        _scheduler.AdvanceTo(50);
        timer.Execute();
        Assert.Equal(1, counting.Outstanding);
        _scheduler.AdvanceTo(99);
        Assert.Empty(_acts);
        _scheduler.AdvanceTo(150);
        Assert.Equal([repeats ? 100 : 101], _acts);
    }

    [Fact]
    public void Fired_while_a_handler_runs_or_after_the_end_or_without_an_interval_it_does_nothing()
    {
        using var timer = Timer(_scheduler, repeats: false, interval: 100);
        _scheduler.AdvanceTo(50);
        Assert.True(timer.TryEnter());
        _scheduler.AdvanceTo(150);
        timer.Execute();
        timer.Exit();
        timer.Interval = Timeout.InfiniteTimeSpan;
        timer.Execute();
        timer.Interval = Ticks(100);
        timer.Dispose();
        timer.Execute();
        _scheduler.AdvanceTo(1000);
        Assert.Empty(_acts);
    }

    [Fact]
    public void While_entered_it_cannot_act_and_the_clock_starts_at_the_exit()
    {
        using var timer = Timer(_scheduler, repeats: false, interval: 100);
        _scheduler.AdvanceTo(50);
        Assert.True(timer.TryEnter());
        _scheduler.AdvanceTo(1020);
        timer.Exit();
        _scheduler.AdvanceTo(1120);
        Assert.Empty(_acts);
        _scheduler.AdvanceTo(1121);
        Assert.Equal([1121], _acts);
        Assert.False(timer.TryEnter());
    }

    [Fact]
    public void An_end_can_respect_a_handler_that_runs()
    {
        using var timer = Timer(_scheduler, repeats: false, interval: 100);
        Assert.True(timer.TryEnter());
        Assert.False(timer.TryEnd(evenBusy: false));
        timer.Exit();
        Assert.True(timer.TryEnd(evenBusy: false));
        Assert.False(timer.TryEnd());
    }

    [Fact]
    public void An_interval_longer_than_a_system_timer_holds_is_waited_for_in_parts()
    {
        using var timer = Timer(_scheduler, repeats: false, interval: TimeSpan.FromDays(100).Ticks);
        _scheduler.AdvanceTo(TimeSpan.FromDays(100).Ticks - 1);
        Assert.Empty(_acts);
        _scheduler.AdvanceTo(TimeSpan.FromDays(100).Ticks + 1);
        Assert.Single(_acts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void An_interval_that_is_not_positive_is_refused(long ticks)
    {
        using var timer = new QuietTimer(_scheduler, () => { }, repeats: false);
        Assert.Throws<ArgumentOutOfRangeException>(() => timer.Interval = Ticks(ticks));
    }

    private QuietTimer Timer(IScheduler scheduler, bool repeats, long interval) =>
        new(scheduler, () => _acts.Add(_scheduler.Clock), repeats) { Interval = Ticks(interval) };
}
