using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

public sealed class AliveTests : ReactiveTest
{
    private readonly TestScheduler _scheduler = new();
    private readonly List<string> _log = [];

    [Fact]
    public void What_is_received_is_handled_silence_is_broken_and_silence_of_the_far_end_is_the_end()
    {
        var received = _scheduler.CreateHotObservable(OnNext(10, 1), OnNext(40, 2));
        var sent = _scheduler.CreateHotObservable(OnNext(30, 0));
        using var subscription = Alive(received, sent).Subscribe(_ => { }, error => _log.Add($"!{Text(error)}@{_scheduler.Clock}"));
        _scheduler.AdvanceTo(300);
        Assert.Equal(["1@10", "2@40", "no-op@80", "no-op@130", "end Idle", "!Idle@141"], _log);
        Assert.Equal("0-141", received.Lives());
        Assert.Equal("0-141", sent.Lives());
    }

    [Fact]
    public void The_end_of_what_is_received_is_the_end()
    {
        var received = _scheduler.CreateHotObservable(OnError<int>(20, new MsgcConnectionException(MsgcCause.Transport, "broken")));
        using var subscription = Alive(received, _scheduler.CreateHotObservable<int>()).Subscribe(_ => { }, error => _log.Add($"!{Text(error)}@{_scheduler.Clock}"));
        _scheduler.AdvanceTo(300);
        Assert.Equal(["end Transport", "!Transport@20"], _log);
    }

    [Fact]
    public void The_completion_of_what_is_received_is_the_end_though_sending_goes_on()
    {
        var received = _scheduler.CreateHotObservable(OnCompleted<int>(20));
        var sent = _scheduler.CreateHotObservable(OnNext(10, 0), OnNext(30, 0));
        using var subscription = Alive(received, sent).Subscribe(_ => { }, () => _log.Add($"|@{_scheduler.Clock}"));
        _scheduler.AdvanceTo(300);
        Assert.Equal(["|@20"], _log);
        Assert.Equal("0-20", received.Lives());
        Assert.Equal("0-20", sent.Lives());
    }

    [Fact]
    public void The_completion_of_what_is_sent_ends_the_no_ops_and_nothing_else()
    {
        var received = _scheduler.CreateHotObservable(OnNext(60, 1), OnNext(120, 2));
        using var subscription = Alive(received, _scheduler.CreateHotObservable(OnCompleted<int>(10)))
            .Subscribe(_ => { }, error => _log.Add($"!{Text(error)}@{_scheduler.Clock}"));
        _scheduler.AdvanceTo(300);
        Assert.Equal(["1@60", "2@120", "end Idle", "!Idle@221"], _log);
    }

    [Fact]
    public void A_no_op_that_fails_is_the_end()
    {
        var received = _scheduler.CreateHotObservable(OnNext(10, 1));
        using var subscription = received.Alive(
            value => _log.Add($"{value}@{_scheduler.Clock}"), Observable.Never<int>(), () => throw new InvalidOperationException("broken"),
            Observable.Return(Ticks(100)), Observable.Return(Ticks(50)), _scheduler).Subscribe(_ => { }, error => _log.Add($"!{error.Message}@{_scheduler.Clock}"));
        _scheduler.AdvanceTo(300);
        Assert.Equal(["1@10", "!broken@50"], _log);
        Assert.Equal("0-50", received.Lives());
    }

    [Fact]
    public void Handlers_run_under_no_lock()
    {
        var received = new Subject<int>();
        var inside = new ManualResetEventSlim();
        var other = new ManualResetEventSlim();
        using var subscription = received.Alive(
            _ =>
            {
                inside.Set();
                Assert.True(other.Wait(TimeSpan.FromSeconds(30)));
            },
            Observable.Never<int>(), () => { }, Observable.Never<TimeSpan>(), Observable.Never<TimeSpan>(), _scheduler).Subscribe(_ => { }, _ => { });
        var handling = new Thread(() => received.OnNext(1));
        handling.Start();
        inside.Wait();
        subscription.Dispose(); // would wait for a lock that is held during the handler
        other.Set();
        handling.Join();
    }

    private IObservable<System.Reactive.Unit> Alive(IObservable<int> received, IObservable<int> sent) => received.Alive(
        value => _log.Add($"{value}@{_scheduler.Clock}"), sent, () => _log.Add($"no-op@{_scheduler.Clock}"),
        Observable.Return(Ticks(100)), Observable.Return(Ticks(50)), _scheduler, ended: error => _log.Add($"end {Text(error)}"));
}
