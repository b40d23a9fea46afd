using System.Reactive.Concurrency;
using Msgc.Reactive.Operators;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Operators;

/// <summary>Timers that wait together, in virtual time; and that in real time nobody waits for another one's handler.</summary>
public sealed class GridTimerTests
{
    private readonly VirtualScheduler _scheduler = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void All_that_are_due_at_one_moment_share_one_item_and_each_fires_once()
    {
        for (var i = 0; i < 3; i++) Add($"a{i}", 5);
        Add("b", 7);
        Assert.Equal(2, _scheduler.Outstanding);
        _scheduler.AdvanceTo(4);
        Assert.Empty(_fired);
        _scheduler.AdvanceTo(5);
        Assert.Equal(["a0", "a1", "a2"], _fired.Order());
        _scheduler.AdvanceTo(100);
        Assert.Equal(4, _fired.Count);
        Assert.Equal(0, _scheduler.Outstanding);
    }

    [Theory]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 1 })]
    [InlineData(new[] { 2 })]
    [InlineData(new[] { 0, 1 })]
    [InlineData(new[] { 1, 0 })]
    [InlineData(new[] { 0, 2 })]
    [InlineData(new[] { 1, 2, 0 })]
    [InlineData(new[] { 1, 1 })]
    public void Who_was_cancelled_does_not_fire_and_the_others_do(int[] cancelled)
    {
        Timer[] waiting = [Add("0", 5), Add("1", 5), Add("2", 5)];
        foreach (var i in cancelled) waiting[i].Cancel();
        Add("3", 5);
        _scheduler.AdvanceTo(5);
        Assert.Equal(new[] { 0, 1, 2, 3 }.Except(cancelled).Select(i => $"{i}"), _fired.Order());
        foreach (var each in waiting) each.Cancel(); // too late, and harmless
    }

    [Fact]
    public void Who_comes_while_a_moment_fires_waits_for_the_next_one()
    {
        new Timer(() => Add("late", 0)).Wait(_scheduler, 5);
        Add("a", 5);
        _scheduler.AdvanceTo(5);
        Assert.Equal(["a", "late"], _fired.Order());
        Assert.Equal(0, _scheduler.Outstanding);
    }

    [Fact]
    public void Clocks_do_not_mix()
    {
        var other = new VirtualScheduler();
        Add("a", 5);
        new Timer(() => _fired.Add("other")).Wait(other, 5);
        _scheduler.AdvanceTo(5);
        Assert.Equal(["a"], _fired);
        other.AdvanceTo(5);
        Assert.Equal(["a", "other"], _fired);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(TimeSpan.TicksPerHour)] // so far away that it is not kept
    public void A_moment_that_nobody_waits_for_any_more_can_be_waited_for_anew(long ticks)
    {
        Timer[] waiting = [Add("0", ticks), Add("1", ticks)];
        foreach (var each in waiting) each.Cancel();
        Add("2", ticks);
        foreach (var each in waiting) each.Cancel();
        _scheduler.AdvanceTo(ticks);
        Assert.Equal(["2"], _fired);
        _scheduler.AdvanceTo(2 * ticks);
        Assert.Single(_fired);
    }

    [Theory]
    [InlineData(3)] // sooner
    [InlineData(5)] // at the very same moment
    [InlineData(8)] // later
    public void Who_waits_anew_waits_only_for_that(long ticks)
    {
        var timer = Add("a", 5);
        Add("b", 5);
        timer.Wait(_scheduler, ticks);
        Assert.Equal(ticks == 5 ? 1 : 2, _scheduler.Outstanding);
        _scheduler.AdvanceTo(ticks);
        Assert.Contains("a", _fired);
        _scheduler.AdvanceTo(100);
        Assert.Equal(["a", "b"], _fired.Order());
    }

    [Fact]
    public void Who_waits_anew_in_its_own_handler_fires_again_and_again()
    {
        Timer? timer = null;
        timer = new Timer(() =>
        {
            _fired.Add($"{_scheduler.Clock}");
            timer!.Wait(_scheduler, 5);
        });
        timer.Wait(_scheduler, 5);
        _scheduler.AdvanceTo(17);
        Assert.Equal(["5", "10", "15"], _fired);
    }

    [Fact]
    public async Task In_real_time_nobody_waits_for_another_ones_handler()
    {
        using var all = new Barrier(3);
        var met = new TaskCompletionSource[3];
        for (var i = 0; i < met.Length; i++)
        {
            var done = met[i] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var timer = new Timer(() =>
            {
                // Each waits for the other two, so they must run side by side.
                if (all.SignalAndWait(TimeSpan.FromSeconds(30))) done.SetResult();
                else done.SetException(new TimeoutException());
            });
            timer.Wait(DefaultScheduler.Instance, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        }
        await Task.WhenAll(met.Select(done => done.Task));
    }

    [Fact]
    public async Task A_handler_has_nobodys_context()
    {
        var context = new AsyncLocal<string> { Value = "mine" };
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Timer(() => seen.SetResult(context.Value)).Wait(DefaultScheduler.Instance, TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(1));
        Assert.Null(await seen.Task);
        Assert.Equal("mine", context.Value);
    }

    private Timer Add(string name, long ticks)
    {
        var timer = new Timer(() => _fired.Add(name));
        timer.Wait(_scheduler, ticks);
        return timer;
    }

    private sealed class Timer(Action fire) : GridTimer
    {
        public override void Execute() => fire();

        public void Wait(VirtualScheduler scheduler, long ticks) => Wait(scheduler, TimeSpan.FromTicks(scheduler.Clock), TimeSpan.FromTicks(ticks));

        public void Wait(IScheduler scheduler, TimeSpan now, TimeSpan wait) => WaitOnGrid(scheduler, now, wait);

        public void Cancel() => CancelOnGrid();
    }
}
