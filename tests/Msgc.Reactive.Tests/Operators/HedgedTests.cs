using System.Reactive.Disposables;
using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

public sealed class HedgedTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly CountingScheduler _counting;
    private readonly ITestableObserver<int> _observer;

    public HedgedTests()
    {
        _counting = new CountingScheduler(_scheduler);
        _observer = _scheduler.CreateObserver<int>();
    }

    [Fact]
    public void A_fast_attempt_is_the_only_one_and_its_elements_pass()
    {
        var attempts = Attempts(_scheduler.CreateColdObservable(OnNext(40, 1), OnNext(500, 2), OnError<int>(600, new Exception("lost"))));
        using var subscription = Hedged(attempts).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("1@40 2@500 !lost@600", _observer.Seen());
        Assert.Equal("0-600", attempts[0].Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void A_slow_attempt_is_joined_by_others_and_the_first_to_emit_wins()
    {
        var attempts = Attempts(
            _scheduler.CreateColdObservable(OnNext(900, 1)),
            _scheduler.CreateColdObservable(OnNext(130, 2), OnNext(400, 3)),
            _scheduler.CreateColdObservable(OnNext(900, 4)));
        using var subscription = Hedged(attempts).Subscribe(_observer);
        _scheduler.AdvanceTo(2000);
        Assert.Equal("2@230 3@500", _observer.Seen());
        Assert.Equal("0-230", attempts[0].Lives());
        Assert.Equal("100-", attempts[1].Lives());
        Assert.Equal("200-230", attempts[2].Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void The_others_are_disposed_before_the_winners_element_goes_out()
    {
        var log = new List<string>();
        var number = 0;
        var source = Observable.Defer(() =>
        {
            var mine = ++number;
            return Observable.Create<int>(o => mine == 2
                ? Observable.Timer(Ticks(10), _scheduler).Select(_ => mine).Concat(Observable.Never<int>()).Subscribe(o)
                : Disposable.Create(() => log.Add($"{mine} disposed")));
        });
        using var subscription = source.Hedged(() => Ticks(100), _scheduler).Subscribe(v => log.Add($"{v} won"));
        _scheduler.AdvanceTo(150);
        Assert.Equal(["1 disposed", "2 won"], log);
    }

    [Fact]
    public void A_failed_attempt_is_the_end_when_it_is_the_only_one()
    {
        var attempts = Attempts(_scheduler.CreateColdObservable(OnError<int>(30, new Exception("refused"))));
        using var subscription = Hedged(attempts).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("!refused@30", _observer.Seen());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void A_failed_attempt_leaves_the_others_and_the_last_ones_end_counts()
    {
        var attempts = Attempts(
            _scheduler.CreateColdObservable(OnError<int>(250, new Exception("one"))),
            _scheduler.CreateColdObservable(OnError<int>(30, new Exception("two"))),
            _scheduler.CreateColdObservable(OnError<int>(70, new Exception("three"))));
        using var subscription = Hedged(attempts).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("!three@270", _observer.Seen());
        Assert.Equal("0-250", attempts[0].Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void Attempts_that_end_while_others_go_on_are_told_each()
    {
        var told = new List<string>();
        var source = Observable.Defer(() => _scheduler.CreateColdObservable(OnError<int>(250, new Exception("too long"))));
        using var subscription = source.Hedged(() => Ticks(100), _counting, error => told.Add($"{error!.Message}@{_scheduler.Clock}")).Subscribe(_observer);
        _scheduler.AdvanceTo(1040);
        Assert.Equal(["too long@250", "too long@350", "too long@450", "too long@550", "too long@650", "too long@750", "too long@850", "too long@950"], told);
        Assert.Equal("", _observer.Seen());
    }

    [Fact]
    public void Disposal_ends_all_attempts_and_the_timer()
    {
        var attempts = Attempts(_scheduler.CreateColdObservable<int>(), _scheduler.CreateColdObservable<int>(), _scheduler.CreateColdObservable<int>());
        var subscription = Hedged(attempts).Subscribe(_observer);
        _scheduler.AdvanceTo(150);
        subscription.Dispose();
        _scheduler.AdvanceTo(1000);
        Assert.Equal("0-150", attempts[0].Lives());
        Assert.Equal("100-150", attempts[1].Lives());
        Assert.Equal("", attempts[2].Lives());
        Assert.Equal(0, _counting.Outstanding);
        Assert.Equal("", _observer.Seen());
    }

    private static ITestableObservable<int>[] Attempts(params ITestableObservable<int>[] attempts) => attempts;

    private IObservable<int> Hedged(ITestableObservable<int>[] attempts)
    {
        var next = 0;
        return Observable.Defer(() => attempts[next++]).Hedged(() => Ticks(100), _counting);
    }
}
