using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

public sealed class WithinTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly CountingScheduler _counting;
    private readonly ITestableObserver<int> _observer;

    public WithinTests()
    {
        _counting = new CountingScheduler(_scheduler);
        _observer = _scheduler.CreateObserver<int>();
    }

    [Theory]
    [InlineData(99, "1@99")]
    [InlineData(100, "1@100")] // the very tick: the element wins though the timer was queued before it
    [InlineData(101, "1@101")] // the hop's tick: TestScheduler's same tick
    [InlineData(102, "!ConnectTimeout@101")]
    public void The_first_element_must_come_by_the_tick_of_the_deadline(long at, string seen)
    {
        var source = Observable.Create<int>(o =>
        {
            _scheduler.Schedule(Ticks(1), () => _scheduler.Schedule(Ticks(at - 1), () => o.OnNext(1)));
            return Disposable.Empty;
        });
        using var subscription = source.Within(Ticks(100), _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal(seen, _observer.Seen());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void After_the_first_element_it_stays_subscribed_with_no_timer()
    {
        var source = _scheduler.CreateHotObservable(OnNext(10, 1), OnNext(800, 2), OnCompleted<int>(900));
        using var subscription = source.Within(Ticks(100), _counting).Subscribe(_observer);
        Assert.Equal(1, _counting.Outstanding);
        _scheduler.AdvanceTo(10);
        Assert.Equal(0, _counting.Outstanding);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("1@10 2@800 |@900", _observer.Seen());
        Assert.Equal("0-900", source.Lives());
    }

    [Fact]
    public void Upstream_is_disposed_before_the_error_and_the_text_names_the_time()
    {
        var log = new List<string>();
        using var subscription = Observable.Create<int>(_ => Disposable.Create(() => log.Add("disposed")))
            .Within(TimeSpan.FromSeconds(60), _scheduler).Subscribe(_ => { }, e => log.Add(e.Message));
        _scheduler.AdvanceTo(TimeSpan.FromSeconds(61).Ticks);
        Assert.Equal("disposed", log[0]);
        Assert.Contains("00:01:00", log[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Ends_before_the_first_element_pass_and_leave_no_timer()
    {
        var completes = _scheduler.CreateHotObservable(OnCompleted<int>(20));
        var fails = _scheduler.CreateHotObservable(OnError<int>(30, new InvalidOperationException("x")));
        using var one = completes.Within(Ticks(100), _counting).Subscribe(_observer);
        using var two = fails.Within(Ticks(100), _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("|@20 !x@30", _observer.Seen());
        Assert.Equal("0-20", completes.Lives());
        Assert.Equal("0-30", fails.Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void Early_disposal_leaves_no_timer()
    {
        var source = _scheduler.CreateHotObservable(OnNext(60, 1));
        var subscription = source.Within(Ticks(100), _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(50);
        subscription.Dispose();
        Assert.Equal(0, _counting.Outstanding);
        _scheduler.AdvanceTo(1000);
        Assert.Empty(_observer.Messages);
        Assert.Equal("0-50", source.Lives());
    }

    [Fact]
    public void Disposal_inside_the_observer_ends_it()
    {
        var source = _scheduler.CreateHotObservable(OnNext(10, 1), OnNext(20, 2));
        using var subscription = source.Within(Ticks(100), _counting).Take(1).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("1@10 |@10", _observer.Seen());
        Assert.Equal("0-10", source.Lives());
    }

    [Fact]
    public void An_infinite_time_schedules_nothing_and_a_bad_one_is_refused()
    {
        using var subscription = Observable.Never<int>().Within(Timeout.InfiniteTimeSpan, _counting).Subscribe(_observer);
        Assert.Equal(0, _counting.Total);
        Assert.Throws<ArgumentOutOfRangeException>(() => Observable.Never<int>().Within(TimeSpan.Zero, _counting));
    }
}
