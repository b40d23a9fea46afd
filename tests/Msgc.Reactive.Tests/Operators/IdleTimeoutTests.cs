using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

/// <summary>Under <see cref="TestScheduler"/> the error comes one tick after the deadline, since its hop is a tick.</summary>
public sealed class IdleTimeoutTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly CountingScheduler _counting;
    private readonly ITestableObserver<int> _observer;

    public IdleTimeoutTests()
    {
        _counting = new CountingScheduler(_scheduler);
        _observer = _scheduler.CreateObserver<int>();
    }

    [Theory]
    [InlineData(99, "1@99 !Idle@200")]
    [InlineData(100, "1@100 !Idle@201")] // the very tick of the deadline: the element wins
    [InlineData(101, "1@101 !Idle@202")] // the tick of the hop: TestScheduler's same tick
    [InlineData(102, "!Idle@101")]
    public void An_element_around_the_deadline_wins_up_to_its_tick(long at, string seen)
    {
        // The timer is queued at 0, the element later, so that on its tick the timer fires first.
        var source = Observable.Create<int>(o =>
        {
            _scheduler.Schedule(Ticks(1), () => _scheduler.Schedule(Ticks(at - 1), () => o.OnNext(1)));
            return Disposable.Empty;
        });
        using var subscription = source.IdleTimeout(Ticks(100), _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal(seen, _observer.Seen());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void Values_and_completion_pass_and_leave_no_timer()
    {
        var source = _scheduler.CreateHotObservable(OnNext(10, 1), OnNext(90, 2), OnNext(180, 3), OnCompleted<int>(200));
        using var subscription = source.IdleTimeout(Ticks(100), _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("1@10 2@90 3@180 |@200", _observer.Seen());
        Assert.Equal("0-200", source.Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void An_error_passes_and_leaves_no_timer()
    {
        var source = _scheduler.CreateHotObservable(OnNext(10, 1), OnError<int>(20, new InvalidOperationException("x")));
        using var subscription = source.IdleTimeout(Ticks(100), _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("1@10 !x@20", _observer.Seen());
        Assert.Equal("0-20", source.Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void Early_disposal_ends_the_subscription_and_leaves_no_timer()
    {
        var source = _scheduler.CreateHotObservable(OnNext(10, 1), OnNext(60, 2));
        var subscription = source.IdleTimeout(Ticks(100), _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(50);
        Assert.Equal(1, _counting.Outstanding);
        subscription.Dispose();
        Assert.Equal(0, _counting.Outstanding);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("1@10", _observer.Seen());
        Assert.Equal("0-50", source.Lives());
    }

    [Fact]
    public void Upstream_is_disposed_before_the_error_and_the_text_names_the_time()
    {
        var log = new List<string>();
        using var subscription = Observable.Create<int>(_ => Disposable.Create(() => log.Add("disposed")))
            .IdleTimeout(TimeSpan.FromSeconds(30), _scheduler)
            .Subscribe(_ => { }, e => log.Add(e.Message));
        _scheduler.AdvanceTo(TimeSpan.FromSeconds(31).Ticks);
        Assert.Equal("disposed", log[0]);
        Assert.Contains("00:00:30", log[1], StringComparison.Ordinal);
        Assert.Equal(2, log.Count);
    }

    [Fact]
    public void Upstream_is_disposed_before_its_own_end_goes_on()
    {
        var log = new List<string>();
        IObserver<int>? inner = null;
        using var subscription = new Unsafe<int>(o => { inner = o; return Disposable.Create(() => log.Add("disposed")); })
            .IdleTimeout(Ticks(100), _scheduler).Subscribe(_ => { }, () => log.Add("completed"));
        inner!.OnCompleted();
        Assert.Equal(["disposed", "completed"], log);
    }

    [Fact]
    public void Time_inside_the_observer_does_not_count()
    {
        using var source = new Subject<int>();
        using var subscription = source.IdleTimeout(Ticks(100), _counting).Do(_ => _scheduler.AdvanceBy(500)).Subscribe(_observer);
        source.OnNext(1); // 0 to 500: the timer fires inside and must not act
        _scheduler.AdvanceTo(600);
        Assert.Equal("1@500", _observer.Seen());
        _scheduler.AdvanceTo(601);
        Assert.Equal("1@500 !Idle@601", _observer.Seen());
        Assert.False(source.HasObservers);
    }

    [Fact]
    public void Disposal_inside_the_observer_ends_it()
    {
        using var source = new Subject<int>();
        using var subscription = new SingleAssignmentDisposable();
        subscription.Disposable = source.IdleTimeout(Ticks(100), _counting).Do(_ => subscription.Dispose()).Subscribe(_observer);
        source.OnNext(1);
        source.OnNext(2);
        _scheduler.AdvanceTo(1000);
        Assert.Empty(_observer.Messages.Skip(1));
        Assert.False(source.HasObservers);
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void An_element_from_inside_the_observer_passes_and_the_outermost_return_counts()
    {
        using var source = new Subject<int>();
        using var subscription = source.IdleTimeout(Ticks(100), _counting).Subscribe(value =>
        {
            _observer.OnNext(value);
            if (value == 1)
            {
                source.OnNext(2);
                _scheduler.AdvanceBy(300);
            }
        }, _observer.OnError);
        source.OnNext(1);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("1@0 2@0 !Idle@401", _observer.Seen());
    }

    [Theory]
    [InlineData(50, 200, "!Idle@201")] // longer: from the subscription at 0
    [InlineData(50, 60, "!Idle@61")] // shorter, still ahead
    [InlineData(50, 20, "!Idle@51")] // shorter, passed: at once
    [InlineData(50, -1, "")]
    public void A_changed_timeout_holds_at_once_from_the_last_activity(long at, long timeout, string seen)
    {
        using var setting = new BehaviorSubject<TimeSpan>(Ticks(100));
        using var subscription = Observable.Never<int>().IdleTimeout(setting, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(at);
        setting.OnNext(timeout < 0 ? Timeout.InfiniteTimeSpan : Ticks(timeout));
        _scheduler.AdvanceTo(1000);
        Assert.Equal(seen, _observer.Seen());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void A_timeout_that_comes_later_counts_from_the_subscription_and_its_completion_does_not_matter()
    {
        var setting = _scheduler.CreateHotObservable(OnNext(30, Ticks(100)), OnCompleted<TimeSpan>(40));
        using var subscription = Observable.Never<int>().IdleTimeout(setting, _counting).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("!Idle@101", _observer.Seen());
    }

    [Fact]
    public void Suspension_stops_the_timeout_and_its_end_starts_it_from_zero()
    {
        var suspended = _scheduler.CreateHotObservable(OnNext(90, true), OnNext(550, false));
        var source = _scheduler.CreateHotObservable(OnNext(700, 1));
        using var subscription = source.IdleTimeout(Observable.Return(Ticks(100)), _counting, suspended).Subscribe(_observer);
        _scheduler.AdvanceTo(650);
        Assert.Empty(_observer.Messages);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("!Idle@651", _observer.Seen());
        Assert.Equal("0-651", source.Lives());
        Assert.Equal("0-651", suspended.Lives());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void A_false_that_ends_no_suspension_changes_nothing()
    {
        var suspended = _scheduler.CreateHotObservable(OnNext(50, false));
        using var subscription = Observable.Never<int>().IdleTimeout(Observable.Return(Ticks(100)), _counting, suspended).Subscribe(_observer);
        _scheduler.AdvanceTo(1000);
        Assert.Equal("!Idle@101", _observer.Seen());
    }

    [Fact]
    public void An_error_of_a_setting_ends_the_sequence_after_the_element_being_handled()
    {
        using var source = new Subject<int>();
        using var setting = new BehaviorSubject<TimeSpan>(Ticks(100));
        using var subscription = source.IdleTimeout(setting, _counting).Subscribe(value =>
        {
            setting.OnError(new InvalidOperationException("x"));
            _observer.OnNext(value);
        }, _observer.OnError);
        source.OnNext(1);
        Assert.Equal("1@0 !x@0", _observer.Seen());
        Assert.False(source.HasObservers);
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void A_bad_timeout_is_refused_at_the_call_or_ends_the_sequence()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Observable.Never<int>().IdleTimeout(TimeSpan.Zero, _scheduler));
        Exception? seen = null;
        using var subscription = Observable.Never<int>().IdleTimeout(Observable.Return(Ticks(-7)), _scheduler).Subscribe(_ => { }, e => seen = e);
        Assert.IsType<ArgumentOutOfRangeException>(seen);
    }

    [Fact]
    public void On_real_threads_the_error_never_overlaps_an_element_and_nothing_follows_it()
    {
        for (var round = 0; round < 50; round++)
        {
            var (inside, ended, faults) = (0, 0, 0);
            using var source = new Subject<int>();
            using var subscription = source.IdleTimeout(Ticks(2000 + round), DefaultScheduler.Instance).Subscribe(
                _ =>
                {
                    if (Interlocked.Exchange(ref inside, 1) != 0 || Volatile.Read(ref ended) != 0)
                        Interlocked.Increment(ref faults);
                    Interlocked.Exchange(ref inside, 0);
                },
                _ =>
                {
                    if (Interlocked.Exchange(ref ended, 1) != 0 || Volatile.Read(ref inside) != 0)
                        Interlocked.Increment(ref faults);
                });
            SpinWait.SpinUntil(() =>
            {
                source.OnNext(round);
                Thread.SpinWait(10_000); // about the timeout, so that both win now and then
                return Volatile.Read(ref ended) != 0;
            }, TimeSpan.FromMilliseconds(20));
            Assert.Equal(0, faults);
        }
    }

    [Fact]
    public void Elements_allocate_nothing()
    {
        using var source = new Subject<int>();
        using var subscription = source.IdleTimeout(TimeSpan.FromHours(1), DefaultScheduler.Instance).Subscribe(static _ => { });
        for (var i = 0; i < 100; i++)
            source.OnNext(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            source.OnNext(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Without the automatic disposal of Observable.Create, so that only the operator disposes.</summary>
    private sealed class Unsafe<T>(Func<IObserver<T>, IDisposable> subscribe) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer) => subscribe(observer);
    }
}
