using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Threading.Channels;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

public sealed class ObserveOnBoundedTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly CountingScheduler _counting;
    private readonly ITestableObserver<int> _observer;
    private readonly List<int> _dropped = [];

    public ObserveOnBoundedTests()
    {
        _counting = new CountingScheduler(_scheduler);
        _observer = _scheduler.CreateObserver<int>();
    }

    [Theory]
    [InlineData(BoundedChannelFullMode.DropOldest, "4@11 5@11 |@12", new[] { 1, 2, 3 })]
    [InlineData(BoundedChannelFullMode.DropNewest, "1@11 5@11 |@12", new[] { 2, 3, 4 })]
    [InlineData(BoundedChannelFullMode.DropWrite, "1@11 2@11 |@12", new[] { 3, 4, 5 })]
    public void A_full_queue_drops_as_its_mode_says(BoundedChannelFullMode mode, string seen, int[] dropped)
    {
        using var source = new Subject<int>();
        using var subscription = source.ObserveOnBounded(2, mode, _counting, _dropped.Add).Subscribe(_observer);
        _scheduler.AdvanceTo(10);
        for (var i = 1; i <= 5; i++)
            source.OnNext(i); // all before the scheduler's turn
        _scheduler.AdvanceTo(11);
        source.OnCompleted();
        _scheduler.AdvanceTo(100);
        Assert.Equal(seen, _observer.Seen());
        Assert.Equal(dropped, _dropped);
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void At_capacity_nothing_is_dropped_and_the_one_observed_is_not_counted()
    {
        using var source = new Subject<int>();
        using var subscription = source.ObserveOnBounded(2, BoundedChannelFullMode.DropWrite, _counting, _dropped.Add).Subscribe(value =>
        {
            _observer.OnNext(value);
            if (value == 1)
                for (var i = 3; i <= 4; i++)
                    source.OnNext(i); // 2 waits, so 3 has room and 4 has none
        });
        source.OnNext(1);
        source.OnNext(2);
        _scheduler.AdvanceTo(100);
        Assert.Equal("1@1 2@1 3@1", _observer.Seen());
        Assert.Equal([4], _dropped);
    }

    [Fact]
    public void A_turn_has_twenty_elements()
    {
        using var source = new Subject<int>();
        using var subscription = source.ObserveOnBounded(100, BoundedChannelFullMode.DropWrite, _counting).Subscribe(_observer);
        for (var i = 0; i < 41; i++)
            source.OnNext(i);
        Assert.Equal(1, _counting.Outstanding);
        _scheduler.AdvanceTo(100);
        Assert.Equal(Enumerable.Range(0, 41).Select(i => (long)(i / 20) + 1), _observer.Messages.Select(m => m.Time));
        Assert.Equal(Enumerable.Range(0, 41), _observer.Messages.Select(m => m.Value.Value));
        Assert.Equal(0, _counting.Outstanding);
        source.OnNext(41); // wakes up again
        _scheduler.AdvanceTo(200);
        Assert.Equal(42, _observer.Messages.Count);
    }

    [Fact]
    public void The_end_comes_after_what_is_queued_and_the_source_is_disposed_at_once()
    {
        var source = _scheduler.CreateHotObservable(OnNext(10, 1), OnNext(10, 2), OnError<int>(10, new InvalidOperationException("x")));
        using var subscription = source.ObserveOnBounded(5, BoundedChannelFullMode.DropOldest, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(100);
        Assert.Equal("1@11 2@11 !x@11", _observer.Seen());
        Assert.Equal("0-10", source.Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void An_empty_source_completes_on_the_scheduler()
    {
        var source = _scheduler.CreateHotObservable(OnCompleted<int>(10));
        using var subscription = source.ObserveOnBounded(5, BoundedChannelFullMode.DropOldest, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(100);
        Assert.Equal("|@11", _observer.Seen());
    }

    [Fact]
    public void Early_disposal_cancels_the_turn()
    {
        var source = _scheduler.CreateHotObservable(OnNext(10, 1), OnNext(20, 2));
        var subscription = source.ObserveOnBounded(5, BoundedChannelFullMode.DropOldest, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(10);
        Assert.Equal(1, _counting.Outstanding);
        subscription.Dispose();
        Assert.Equal(0, _counting.Outstanding);
        _scheduler.AdvanceTo(100);
        Assert.Empty(_observer.Messages);
        Assert.Equal("0-10", source.Lives());
    }

    [Fact]
    public void Disposal_inside_the_observer_ends_the_turn()
    {
        using var source = new Subject<int>();
        using var subscription = new SingleAssignmentDisposable();
        subscription.Disposable = source.ObserveOnBounded(5, BoundedChannelFullMode.DropOldest, _counting).Do(_ => subscription.Dispose()).Subscribe(_dropped.Add);
        source.OnNext(1);
        source.OnNext(2);
        _scheduler.AdvanceTo(100);
        Assert.InRange(_dropped.Count, 0, 1);
        Assert.False(source.HasObservers);
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void An_observer_that_throws_is_torn_down_and_the_scheduler_gets_the_exception()
    {
        using var source = new Subject<int>();
        var seen = new List<int>();
        var scheduler = new HistoricalScheduler();
        using var subscription = source.ObserveOnBounded(5, BoundedChannelFullMode.DropOldest, scheduler).Subscribe(value =>
        {
            seen.Add(value);
            throw new InvalidOperationException("x");
        });
        source.OnNext(1);
        source.OnNext(2);
        Assert.Throws<InvalidOperationException>(() => scheduler.AdvanceBy(Ticks(1)));
        Assert.False(source.HasObservers);
        Assert.Equal([1], seen);
    }

    [Fact]
    public void Wait_is_refused_naming_the_forms_that_can_wait()
    {
        var error = Assert.Throws<ArgumentException>(() => Observable.Never<int>().ObserveOnBounded(1, BoundedChannelFullMode.Wait, _scheduler));
        Assert.Contains("group.Observe(capacity, Wait)", error.Message, StringComparison.Ordinal);
        Assert.Contains("group.ReadAllAsync", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Observable.Never<int>().ObserveOnBounded(0, BoundedChannelFullMode.DropWrite, _scheduler));
        Assert.Throws<ArgumentOutOfRangeException>(() => Observable.Never<int>().ObserveOnBoundedOrFail(0, _scheduler));
    }

    [Fact]
    public void The_failing_form_delivers_what_was_queued_and_then_fails()
    {
        var source = _scheduler.CreateHotObservable(OnNext(10, 1), OnNext(10, 2), OnNext(10, 3), OnNext(10, 4));
        using var subscription = source.ObserveOnBoundedOrFail(2, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(100);
        Assert.Equal("1@11 2@11", string.Join(' ', _observer.Seen().Split(' ')[..2]));
        var end = _observer.Messages[2];
        Assert.Equal((11, 2), (end.Time, Assert.IsType<MsgcOverflowException>(end.Value.Exception).Capacity));
        Assert.Equal(3, _observer.Messages.Count);
        Assert.Equal("0-10", source.Lives());
    }

    [Fact]
    public async Task On_many_threads_everything_is_observed_or_dropped_in_order_and_one_at_a_time()
    {
        const int Threads = 4, Each = 5000;
        using var subject = new Subject<(int Thread, int Number)>();
        var source = Subject.Synchronize(subject);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (inside, overlaps, disorder, dropped, observed) = (0, 0, 0, 0, 0);
        var last = Enumerable.Repeat(-1, Threads).ToArray();
        using var subscription = source.ObserveOnBounded(64, BoundedChannelFullMode.DropOldest, DefaultScheduler.Instance, _ => dropped++).Subscribe(
            item =>
            {
                if (Interlocked.Increment(ref inside) != 1)
                    Interlocked.Increment(ref overlaps);
                if (last[item.Thread] >= item.Number)
                    disorder++;
                last[item.Thread] = item.Number;
                observed++;
                Interlocked.Decrement(ref inside);
            },
            done.SetResult);
        Parallel.For(0, Threads, thread =>
        {
            for (var i = 0; i < Each; i++)
                source.OnNext((thread, i));
        });
        source.OnCompleted();
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((0, 0, Threads * Each), (overlaps, disorder, observed + dropped));
    }

    [Fact]
    public async Task No_wake_up_is_lost_when_each_element_waits_for_the_one_before()
    {
        using var source = new Subject<int>();
        using var observed = new SemaphoreSlim(0);
        using var subscription = source.ObserveOnBounded(1, BoundedChannelFullMode.DropWrite, DefaultScheduler.Instance).Subscribe(_ => observed.Release());
        for (var i = 0; i < 5000; i++)
        {
            source.OnNext(i);
            Assert.True(await observed.WaitAsync(TimeSpan.FromSeconds(30)), $"Element {i} was never observed.");
        }
    }
}
