using System.Reactive.Concurrency;
using Msgc.Reactive.Operators;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Operators;

/// <summary>Timers that wait together, in virtual time; and that in real time nobody waits for another one's handler.</summary>
public sealed class TimerGridTests
{
    private readonly VirtualScheduler _scheduler = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void All_that_are_due_at_one_moment_share_one_item_and_each_fires_once_with_its_generation()
    {
        for (var i = 0; i < 3; i++) Add($"a{i}", 5, generation: i);
        Add("b", 7);
        Assert.Equal(2, _scheduler.Outstanding);
        _scheduler.AdvanceTo(4);
        Assert.Empty(_fired);
        _scheduler.AdvanceTo(5);
        Assert.Equal(["a0 0", "a1 1", "a2 2"], _fired.Order());
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
    public void Who_was_disposed_of_does_not_fire_and_the_others_do(int[] disposed)
    {
        IDisposable[] waiting = [Add("0", 5), Add("1", 5), Add("2", 5)];
        foreach (var i in disposed) waiting[i].Dispose();
        Add("3", 5);
        _scheduler.AdvanceTo(5);
        Assert.Equal(new[] { 0, 1, 2, 3 }.Except(disposed).Select(i => $"{i} 1"), _fired.Order());
        foreach (var each in waiting) each.Dispose(); // too late, and harmless
    }

    [Fact]
    public void Who_comes_while_a_moment_fires_waits_for_the_next_one()
    {
        TimerGrid.Schedule(new Timer(_ => Add("late", 0)), 1, _scheduler, Now(_scheduler), TimeSpan.FromTicks(5));
        Add("a", 5);
        _scheduler.AdvanceTo(5);
        Assert.Equal(["a 1", "late 1"], _fired.Order());
        Assert.Equal(0, _scheduler.Outstanding);
    }

    [Fact]
    public void Clocks_do_not_mix()
    {
        var other = new VirtualScheduler();
        Add("a", 5);
        TimerGrid.Schedule(new Timer(_ => _fired.Add("other")), 1, other, Now(other), TimeSpan.FromTicks(5));
        _scheduler.AdvanceTo(5);
        Assert.Equal(["a 1"], _fired);
        other.AdvanceTo(5);
        Assert.Equal(["a 1", "other"], _fired);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(TimeSpan.TicksPerHour)] // so far away that it is not kept
    public void A_moment_that_nobody_waits_for_any_more_can_be_waited_for_anew(long ticks)
    {
        IDisposable[] waiting = [Add("0", ticks), Add("1", ticks)];
        foreach (var each in waiting) each.Dispose();
        Add("2", ticks);
        foreach (var each in waiting) each.Dispose();
        _scheduler.AdvanceTo(ticks);
        Assert.Equal(["2 1"], _fired);
        _scheduler.AdvanceTo(2 * ticks);
        Assert.Single(_fired);
    }

    [Fact]
    public void Who_is_disposed_of_by_another_ones_handler_in_that_moment_is_fired_still_and_its_generation_tells()
    {
        var first = Add("first", 5);
        TimerGrid.Schedule(new Timer(_ => first.Dispose()), 1, _scheduler, Now(_scheduler), TimeSpan.FromTicks(5));
        _scheduler.AdvanceTo(5);
        Assert.Equal(["first 1"], _fired);
    }

    [Fact]
    public async Task In_real_time_nobody_waits_for_another_ones_handler()
    {
        using var all = new Barrier(3);
        var met = new TaskCompletionSource[3];
        for (var i = 0; i < met.Length; i++)
        {
            var done = met[i] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            TimerGrid.Schedule(
                new Timer(_ =>
                {
                    // Each waits for the other two, so they must run side by side.
                    if (all.SignalAndWait(TimeSpan.FromSeconds(30))) done.SetResult();
                    else done.SetException(new TimeoutException());
                }),
                1, DefaultScheduler.Instance, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        }
        await Task.WhenAll(met.Select(done => done.Task));
    }

    [Fact]
    public async Task A_handler_has_nobodys_context()
    {
        var context = new AsyncLocal<string> { Value = "mine" };
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        TimerGrid.Schedule(new Timer(_ => seen.SetResult(context.Value)), 1, DefaultScheduler.Instance, TimeSpan.FromHours(1), TimeSpan.FromMilliseconds(1));
        Assert.Null(await seen.Task);
        Assert.Equal("mine", context.Value);
    }

    private static TimeSpan Now(VirtualScheduler scheduler) => TimeSpan.FromTicks(scheduler.Clock);

    private IDisposable Add(string name, long ticks, int generation = 1) =>
        TimerGrid.Schedule(new Timer(told => _fired.Add($"{name} {told}")), generation, _scheduler, Now(_scheduler), TimeSpan.FromTicks(ticks));

    private sealed class Timer(Action<int> fire) : IGridTimer
    {
        public void Fire(int generation) => fire(generation);
    }
}
