using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

public sealed class ConflateTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly CountingScheduler _counting;
    private readonly ITestableObserver<string> _observer;
    private readonly List<string> _superseded = [];

    public ConflateTests()
    {
        _counting = new CountingScheduler(_scheduler);
        _observer = _scheduler.CreateObserver<string>();
    }

    [Fact]
    public void The_latest_of_each_key_goes_out_in_order_of_first_arrival()
    {
        using var source = new Subject<string>();
        using var subscription = Conflated(source).Subscribe(_observer);
        Push(source, "b1", "a1", "b2", "c1", "a2", "b3");
        _scheduler.AdvanceTo(10);
        Push(source, "a3", "b4", "a4");
        _scheduler.AdvanceTo(20);
        Assert.Equal("b3@1 a2@1 c1@1 a4@11 b4@11", _observer.Seen());
        Assert.Equal(["b1", "a1", "b2", "a3"], _superseded);
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void What_arrives_while_the_observer_is_busy_waits_behind_the_others_and_conflates()
    {
        using var source = new Subject<string>();
        using var subscription = Conflated(source).Subscribe(value =>
        {
            _observer.OnNext(value);
            if (value == "a1")
                Push(source, "a2", "b2", "a3"); // a is delivered, b waits still
        });
        Push(source, "a1", "b1", "c1");
        _scheduler.AdvanceTo(10);
        Assert.Equal("a1@1 b2@1 c1@1 a3@1", _observer.Seen());
        Assert.Equal(["b1", "a2"], _superseded);
    }

    [Fact]
    public void A_turn_has_twenty_elements()
    {
        using var source = new Subject<string>();
        using var subscription = source.Conflate(value => value, _counting).Subscribe(_observer);
        for (var i = 0; i < 41; i++)
            source.OnNext($"{i}");
        _scheduler.AdvanceTo(10);
        Assert.Equal(Enumerable.Range(0, 41).Select(i => (long)(i / 20) + 1), _observer.Messages.Select(m => m.Time));
    }

    [Fact]
    public void The_comparer_says_which_keys_are_equal()
    {
        using var source = new Subject<string>();
        using var subscription = source.Conflate(value => value[..1], _counting, StringComparer.OrdinalIgnoreCase).Subscribe(_observer);
        Push(source, "a1", "A2");
        _scheduler.AdvanceTo(10);
        Assert.Equal("A2@1", _observer.Seen());
    }

    [Fact]
    public void The_end_comes_after_what_waits_and_the_source_is_disposed_at_once()
    {
        var completes = _scheduler.CreateHotObservable(OnNext(10, "a1"), OnNext(10, "b1"), OnCompleted<string>(10));
        var fails = _scheduler.CreateHotObservable(OnNext(20, "a1"), OnError<string>(20, new InvalidOperationException("x")));
        using var one = Conflated(completes).Subscribe(_observer);
        using var two = Conflated(fails).Subscribe(_observer);
        _scheduler.AdvanceTo(100);
        Assert.Equal("a1@11 b1@11 |@11 a1@21 !x@21", _observer.Seen());
        Assert.Equal("0-10", completes.Lives());
        Assert.Equal("0-20", fails.Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void A_selector_that_throws_ends_the_sequence_after_what_waits()
    {
        using var source = new Subject<string>();
        using var subscription = source.Conflate(value => value == "x" ? throw new InvalidOperationException("bad") : value, _counting).Subscribe(_observer);
        Push(source, "a", "x", "b");
        Assert.False(source.HasObservers);
        _scheduler.AdvanceTo(100);
        Assert.Equal("a@1 !bad@1", _observer.Seen());
    }

    [Fact]
    public void Early_disposal_cancels_the_turn()
    {
        using var source = new Subject<string>();
        var subscription = Conflated(source).Subscribe(_observer);
        Push(source, "a1");
        Assert.Equal(1, _counting.Outstanding);
        subscription.Dispose();
        Assert.Equal(0, _counting.Outstanding);
        _scheduler.AdvanceTo(100);
        Assert.Empty(_observer.Messages);
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void Disposal_inside_the_observer_ends_the_turn()
    {
        using var source = new Subject<string>();
        using var subscription = Conflated(source).Take(1).Subscribe(_observer);
        Push(source, "a1", "b1");
        _scheduler.AdvanceTo(100);
        Assert.Equal("a1@1 |@1", _observer.Seen());
        Assert.False(source.HasObservers);
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public async Task On_many_threads_each_key_ends_with_its_latest_and_everything_is_observed_or_superseded()
    {
        const int Threads = 4, Each = 5000, Keys = 7;
        using var subject = new Subject<(int Key, int Number)>();
        var source = Subject.Synchronize(subject);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (inside, overlaps, disorder, superseded, observed) = (0, 0, 0, 0, 0);
        var last = Enumerable.Repeat(-1, Threads * Keys).ToArray();
        using var subscription = source.Conflate(item => item.Key, DefaultScheduler.Instance, null, _ => superseded++).Subscribe(
            item =>
            {
                if (Interlocked.Increment(ref inside) != 1)
                    Interlocked.Increment(ref overlaps);
                if (last[item.Key] >= item.Number)
                    disorder++;
                last[item.Key] = item.Number;
                observed++;
                Interlocked.Decrement(ref inside);
            },
            done.SetResult);
        Parallel.For(0, Threads, thread =>
        {
            for (var i = 0; i < Each; i++)
                source.OnNext(((thread * Keys) + (i % Keys), i));
        });
        source.OnCompleted();
        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((0, 0, Threads * Each), (overlaps, disorder, observed + superseded));
        Assert.All(last, number => Assert.InRange(number, Each - Keys, Each - 1));
    }

    private static void Push(IObserver<string> source, params string[] values)
    {
        foreach (var value in values)
            source.OnNext(value);
    }

    private IObservable<string> Conflated(IObservable<string> source) => source.Conflate(value => value[..1], _counting, null, _superseded.Add);
}
