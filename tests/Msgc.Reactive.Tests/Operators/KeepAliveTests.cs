using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

public sealed class KeepAliveTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly CountingScheduler _counting;
    private readonly ITestableObserver<int> _observer;
    private readonly List<long> _sends = [];

    public KeepAliveTests()
    {
        _counting = new CountingScheduler(_scheduler);
        _observer = _scheduler.CreateObserver<int>();
    }

    [Fact]
    public void A_silent_source_is_answered_at_each_multiple_of_the_interval()
    {
        using var subscription = Observable.Never<int>().KeepAlive(TimeSpan.FromSeconds(5), Send, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(TimeSpan.FromSeconds(5).Ticks - 1);
        Assert.Empty(_sends);
        _scheduler.AdvanceTo(TimeSpan.FromHours(1).Ticks);
        Assert.Equal(Enumerable.Range(1, 720).Select(n => TimeSpan.FromSeconds(5 * n).Ticks), _sends);
        Assert.Empty(_observer.Messages);
    }

    [Theory]
    [InlineData(99, new long[] { 199, 299 })]
    [InlineData(100, new long[] { 200, 300 })] // sent on the very tick, queued before the timer: nothing to add
    [InlineData(101, new long[] { 100, 201, 301 })]
    public void Whatever_is_sent_restarts_the_clock(long sentAt, long[] sends)
    {
        var sent = _scheduler.CreateHotObservable(OnNext(sentAt, 1));
        using var subscription = sent.KeepAlive(Ticks(100), Send, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(301);
        Assert.Equal(sends, _sends);
        Assert.Empty(_observer.Messages);
    }

    [Fact]
    public void A_send_that_shows_in_the_source_counts_once()
    {
        using var sent = new Subject<int>();
        using var subscription = sent.KeepAlive(Ticks(100), () =>
        {
            Send();
            sent.OnNext(1);
        }, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(350);
        Assert.Equal([100, 200, 300], _sends);
        Assert.Equal(1, _counting.Outstanding);
    }

    [Fact]
    public void A_changed_interval_holds_at_once_from_what_was_sent_last()
    {
        using var interval = new BehaviorSubject<TimeSpan>(Ticks(100));
        using var subscription = Observable.Never<int>().KeepAlive(interval, Send, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(150); // sent at 100
        interval.OnNext(Ticks(60));
        _scheduler.AdvanceTo(230); // 160, 220
        interval.OnNext(Ticks(200));
        _scheduler.AdvanceTo(419);
        Assert.Equal([100, 160, 220], _sends);
        _scheduler.AdvanceTo(420);
        interval.OnNext(Timeout.InfiniteTimeSpan);
        Assert.Equal(0, _counting.Outstanding);
        _scheduler.AdvanceTo(5000);
        Assert.Equal([100, 160, 220, 420], _sends);
    }

    [Fact]
    public void An_interval_changed_inside_send_does_not_make_it_overlap()
    {
        using var interval = new BehaviorSubject<TimeSpan>(Ticks(100));
        using var subscription = Observable.Never<int>().KeepAlive(interval, () =>
        {
            Send();
            interval.OnNext(Ticks(10));
        }, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(125);
        Assert.Equal([100, 110, 120], _sends);
        Assert.Equal(1, _counting.Outstanding);
    }

    [Fact]
    public void Completion_and_error_pass_and_leave_no_timer()
    {
        var completes = _scheduler.CreateHotObservable(OnNext(10, 1), OnCompleted<int>(50));
        var fails = _scheduler.CreateHotObservable(OnNext(10, 1), OnError<int>(60, new InvalidOperationException("x")));
        using var one = completes.KeepAlive(Ticks(100), Send, _counting).Subscribe(_observer);
        var other = _scheduler.CreateObserver<int>();
        using var two = fails.KeepAlive(Ticks(100), Send, _counting).Subscribe(other);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("|@50", _observer.Seen());
        Assert.Equal("!x@60", other.Seen());
        Assert.Equal("0-50", completes.Lives());
        Assert.Equal("0-60", fails.Lives());
        Assert.Empty(_sends);
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void Early_disposal_even_inside_send_leaves_no_timer()
    {
        var sent = _scheduler.CreateHotObservable<int>();
        IDisposable? subscription = null;
        subscription = sent.KeepAlive(Ticks(100), () =>
        {
            Send();
            subscription!.Dispose();
        }, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal([100], _sends);
        Assert.Equal("0-100", sent.Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void What_send_throws_ends_the_sequence()
    {
        var sent = _scheduler.CreateHotObservable<int>();
        using var subscription = sent.KeepAlive(Ticks(100), () => throw new InvalidOperationException("x"), _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("!x@100", _observer.Seen());
        Assert.Equal("0-100", sent.Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void An_error_of_the_interval_or_a_bad_one_ends_the_sequence()
    {
        using var failing = Observable.Never<int>()
            .KeepAlive(Observable.Throw<TimeSpan>(new InvalidOperationException("x")), Send, _counting).Subscribe(_observer);
        Assert.Equal("!x@0", _observer.Seen());
        Exception? seen = null;
        using var bad = Observable.Never<int>().KeepAlive(Observable.Return(TimeSpan.Zero), Send, _counting).Subscribe(_ => { }, e => seen = e);
        Assert.IsType<ArgumentOutOfRangeException>(seen);
        Assert.Throws<ArgumentOutOfRangeException>(() => Observable.Never<int>().KeepAlive(TimeSpan.Zero, Send, _counting));
    }

    private void Send() => _sends.Add(_scheduler.Clock);
}
