using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

/// <summary>Each test tells its story to the fake network and compares the log: time, act, server.</summary>
public sealed class ReconnectTests
{
    private readonly TestScheduler _scheduler = new();
    private readonly CountingScheduler _counting;
    private readonly ITestableObserver<string> _observer;
    private readonly Dictionary<string, Subject<string>> _connects = [];
    private readonly Dictionary<string, Subject<string>> _lives = [];
    private readonly HashSet<string> _refusing = [];
    private readonly List<string> _log = [];
    private TimeSpan _interval = Ticks(100);
    private TimeSpan _jitter;
    private Action<string, Exception?> _ended = (_, _) => { };

    public ReconnectTests()
    {
        _counting = new CountingScheduler(_scheduler);
        _observer = _scheduler.CreateObserver<string>();
    }

    [Fact]
    public void The_first_server_is_tried_at_once_and_its_elements_are_forwarded()
    {
        using var subscription = Run("A", "B");
        _scheduler.AdvanceTo(10);
        Connect("A");
        _lives["A"].OnNext("x");
        Assert.Equal(0, _counting.Outstanding); // while a session lives nothing is timed
        _scheduler.AdvanceTo(1000);
        _lives["A"].OnNext("y");
        AssertLog("0 dial A");
        Assert.Equal("x@10 y@1000", _observer.Seen());
    }

    [Fact]
    public void After_a_failed_attempt_the_next_is_tried_at_once_and_none_before_its_pause_is_over()
    {
        _refusing.UnionWith(["A", "B"]);
        using var subscription = Run("A", "B");
        _scheduler.AdvanceTo(99);
        AssertLog("0 dial A", "0 abort A", "0 ended A refused", "0 dial B", "0 abort B", "0 ended B refused");
        Assert.Equal(1, _counting.Outstanding);
        _scheduler.AdvanceTo(100);
        AssertLog("100 dial A", "100 abort A", "100 ended A refused", "100 dial B", "100 abort B", "100 ended B refused");
    }

    [Fact]
    public void A_single_server_is_tried_again_after_the_interval_counted_from_the_end()
    {
        using var subscription = Run("A");
        _scheduler.AdvanceTo(30);
        Refuse("A");
        _scheduler.AdvanceTo(129);
        AssertLog("0 dial A", "30 abort A", "30 ended A refused");
        _scheduler.AdvanceTo(130);
        AssertLog("130 dial A");
    }

    [Fact]
    public void After_a_lost_session_the_next_is_dialled_once_the_old_connection_is_disposed_and_the_end_told()
    {
        using var subscription = Run("A", "B", "C");
        Connect("A");
        _scheduler.AdvanceTo(500);
        _lives["A"].OnError(new MsgcConnectionException(MsgcCause.Idle, ""));
        AssertLog("0 dial A", "500 leave A", "500 abort A", "500 ended A Idle", "500 dial B");
        Connect("B");
        _scheduler.AdvanceTo(510);
        _lives["B"].OnCompleted();
        AssertLog("510 leave B", "510 abort B", "510 ended B null", "510 dial C");
        Refuse("C");
        AssertLog("510 abort C", "510 ended C refused"); // A is free at 600
        _scheduler.AdvanceTo(599);
        AssertLog();
        _scheduler.AdvanceTo(600);
        AssertLog("600 dial A");
    }

    [Fact]
    public void An_error_of_the_owning_subscription_is_a_lost_session_and_its_completion_is_not()
    {
        using var subscription = Run("A", "B");
        var connection = _connects["A"];
        Connect("A");
        connection.OnNext("a second session is ignored");
        connection.OnError(new InvalidOperationException("reset"));
        AssertLog("0 dial A", "0 leave A", "0 abort A", "0 ended A reset", "0 dial B");
        var next = _connects["B"];
        Connect("B");
        next.OnCompleted();
        _lives["B"].OnNext("x");
        AssertLog("0 abort B"); // the connection's own doing: its life is not left
        Assert.Equal("x@0", _observer.Seen());
    }

    [Fact]
    public void A_slow_attempt_is_joined_after_the_interval_and_the_first_to_connect_wins()
    {
        using var subscription = Run("A", "B", "C");
        _scheduler.AdvanceTo(99);
        AssertLog("0 dial A");
        _scheduler.AdvanceTo(200);
        AssertLog("100 dial B", "200 dial C");
        _scheduler.AdvanceTo(250);
        Connect("B");
        AssertLog("250 abort A", "250 ended A null", "250 abort C", "250 ended C null");
        Assert.Equal(0, _counting.Outstanding);
        _scheduler.AdvanceTo(300);
        Lose("B");
        AssertLog("300 leave B", "300 abort B", "300 ended B lost"); // C and A are free at 350: in order, C
        _scheduler.AdvanceTo(350);
        AssertLog("350 dial C");
    }

    [Fact]
    public void The_last_joined_may_lose_to_the_first()
    {
        using var subscription = Run("A", "B");
        _scheduler.AdvanceTo(150);
        Connect("A");
        AssertLog("0 dial A", "100 dial B", "150 abort B", "150 ended B null");
    }

    [Fact]
    public void A_server_being_tried_is_never_tried_twice()
    {
        using var subscription = Run("A", "B");
        _scheduler.AdvanceTo(1000);
        AssertLog("0 dial A", "100 dial B");
        Assert.Equal(0, _counting.Outstanding); // nobody to wait for but these two
        Refuse("B");
        AssertLog("1000 abort B", "1000 ended B refused");
        _scheduler.AdvanceTo(1099);
        AssertLog();
        _scheduler.AdvanceTo(1100);
        AssertLog("1100 dial B");
    }

    [Fact]
    public void A_failed_attempt_is_replaced_at_once_beside_one_that_is_slow()
    {
        using var subscription = Run("A", "B", "C");
        _scheduler.AdvanceTo(110);
        Refuse("A");
        AssertLog("0 dial A", "100 dial B", "110 abort A", "110 ended A refused", "110 dial C");
    }

    [Fact]
    public void When_all_must_wait_the_earliest_comes_first_and_order_decides_between_equals()
    {
        _refusing.UnionWith(["A", "B", "C"]);
        _jitter = Ticks(40); // for A and B
        _ended = (server, _) => _jitter = server == "A" ? Ticks(40) : Ticks(0);
        using var subscription = Run("A", "B", "C");
        _log.Clear();
        _scheduler.AdvanceTo(141);
        // A ended at 0 with 40, B at 0 with 40, C at 0 with 0.
        Assert.Equal("100 dial C", _log[0]);
        Assert.Equal(["140 dial A", "140 dial B"], _log.Where(line => line.StartsWith("140 dial", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_interval_is_read_at_each_use()
    {
        _refusing.Add("A");
        using var subscription = Run("A");
        _interval = Ticks(300);
        _scheduler.AdvanceTo(299);
        AssertLog("0 dial A", "0 abort A", "0 ended A refused");
        _scheduler.AdvanceTo(300);
        AssertLog("300 dial A", "300 abort A", "300 ended A refused");
    }

    [Fact]
    public void A_fatal_error_disposes_everything_and_is_forwarded()
    {
        using var subscription = Run("A", "B", "C");
        _scheduler.AdvanceTo(100);
        _connects["B"].OnError(new MsgcRefusedException("fatal"));
        AssertLog("0 dial A", "100 dial B", "100 abort B", "100 ended B fatal", "100 abort A");
        Assert.Equal("!fatal@100", _observer.Seen());
        Assert.Equal(0, _counting.Outstanding);
        _scheduler.AdvanceTo(1000);
        AssertLog();
    }

    [Fact]
    public void A_fatal_end_of_a_session_is_forwarded_too()
    {
        using var subscription = Run("A", "B");
        Connect("A");
        _lives["A"].OnError(new MsgcRefusedException("fatal"));
        AssertLog("0 dial A", "0 leave A", "0 abort A", "0 ended A fatal");
        Assert.Equal("!fatal@0", _observer.Seen());
    }

    [Fact]
    public void A_list_without_the_connected_server_moves_to_its_first()
    {
        using var lists = new BehaviorSubject<IReadOnlyList<string>>(["A", "B"]);
        using var subscription = Run(lists);
        Connect("A");
        _scheduler.AdvanceTo(50);
        lists.OnNext(["C", "B"]);
        AssertLog("0 dial A", "50 leave A", "50 abort A", "50 ended A Closed", "50 dial C");
    }

    [Fact]
    public void A_list_with_the_connected_server_leaves_it_alone_and_the_order_goes_on_from_it()
    {
        using var lists = new BehaviorSubject<IReadOnlyList<string>>(["A", "B"]);
        using var subscription = Run(lists);
        Connect("A");
        lists.OnNext(["D", "A", "E"]);
        AssertLog("0 dial A");
        Lose("A");
        AssertLog("0 leave A", "0 abort A", "0 ended A lost", "0 dial E");
    }

    [Fact]
    public void Attempts_at_servers_that_left_are_aborted_and_the_others_go_on()
    {
        using var lists = new BehaviorSubject<IReadOnlyList<string>>(["A", "B", "C"]);
        using var subscription = Run(lists);
        _scheduler.AdvanceTo(120);
        AssertLog("0 dial A", "100 dial B");
        lists.OnNext(["B", "C"]);
        AssertLog("120 abort A", "120 ended A null");
        lists.OnNext(["X"]);
        AssertLog("120 abort B", "120 ended B null", "120 dial X");
        lists.OnNext([]);
        AssertLog("120 abort X", "120 ended X null");
        Assert.Equal(0, _counting.Outstanding);
        lists.OnNext(["B", "X"]); // the pauses outlive the change
        AssertLog();
        _scheduler.AdvanceTo(219);
        AssertLog();
        _scheduler.AdvanceTo(220);
        AssertLog("220 dial B");
    }

    [Fact]
    public void A_new_server_is_tried_at_once_while_the_others_must_wait()
    {
        _refusing.Add("A");
        using var lists = new BehaviorSubject<IReadOnlyList<string>>(["A"]);
        using var subscription = Run(lists);
        _scheduler.AdvanceTo(10);
        lists.OnNext(["A", "B", "B"]);
        AssertLog("0 dial A", "0 abort A", "0 ended A refused", "10 dial B");
    }

    [Fact]
    public void The_end_of_the_lists_does_not_matter_but_their_error_ends_everything()
    {
        using var completing = Run(Observable.Return<IReadOnlyList<string>>(["A"]));
        Connect("A");
        AssertLog("0 dial A");
        completing.Dispose();
        AssertLog("0 leave A", "0 abort A");
        using var lists = new BehaviorSubject<IReadOnlyList<string>>(["A"]);
        using var failing = Run(lists);
        Connect("A");
        lists.OnError(new InvalidOperationException("x"));
        AssertLog("0 dial A", "0 leave A", "0 abort A");
        Assert.Equal("!x@0", _observer.Seen());
    }

    [Fact]
    public void Disposal_aborts_attempts_and_leaves_no_timer()
    {
        var subscription = Run("A", "B", "C");
        _scheduler.AdvanceTo(100);
        Assert.Equal(1, _counting.Outstanding);
        subscription.Dispose();
        AssertLog("0 dial A", "100 dial B", "100 abort A", "100 abort B");
        Assert.Equal(0, _counting.Outstanding);
        _scheduler.AdvanceTo(1000);
        AssertLog();
        Assert.Empty(_observer.Messages);
    }

    [Fact]
    public void Disposal_inside_the_observer_or_inside_ended_stops_everything()
    {
        using var inside = new SingleAssignmentDisposable();
        inside.Disposable = Rx(Lists("A", "B")).Subscribe(_ => inside.Dispose());
        Connect("A");
        _lives["A"].OnNext("x");
        AssertLog("0 dial A", "0 leave A", "0 abort A");
        using var told = new SingleAssignmentDisposable();
        _ended = (_, _) => told.Dispose();
        told.Disposable = Rx(Lists("A", "B")).Subscribe();
        Refuse("A");
        AssertLog("0 dial A", "0 abort A", "0 ended A refused");
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void A_list_that_changes_inside_the_observer_moves_on_when_that_has_returned()
    {
        using var lists = new BehaviorSubject<IReadOnlyList<string>>(["A"]);
        using var subscription = Rx(lists).Subscribe(value =>
        {
            lists.OnNext(["B"]);
            _log.Add("handled " + value);
        });
        Connect("A");
        _lives["A"].OnNext("x");
        AssertLog("0 dial A", "0 leave A", "0 abort A", "handled x", "0 ended A Closed", "0 dial B");
    }

    [Fact]
    public void A_session_that_ends_inside_the_observer_ends_when_that_has_returned()
    {
        using var subscription = Rx(Lists("A", "B")).Subscribe(value =>
        {
            Lose("A");
            _lives["A"].OnNext("too late");
            _log.Add("handled " + value);
        });
        Connect("A");
        _lives["A"].OnNext("x");
        AssertLog("0 dial A", "0 leave A", "0 abort A", "handled x", "0 ended A lost", "0 dial B");
    }

    [Fact]
    public async Task The_next_session_waits_for_a_handler_on_another_thread_and_no_lock_is_held_meanwhile()
    {
        using var lists = new BehaviorSubject<IReadOnlyList<string>>(["A"]);
        using var inside = new SemaphoreSlim(0);
        using var leave = new ManualResetEventSlim();
        using var subscription = Rx(lists).Subscribe(_ =>
        {
            inside.Release();
            leave.Wait(TimeSpan.FromSeconds(30));
            lock (_log)
                _log.Add("handled");
        });
        Connect("A");
        var handler = Task.Factory.StartNew(() => _lives["A"].OnNext("x"), TaskCreationOptions.LongRunning);
        await inside.WaitAsync();
        lists.OnNext(["B"]); // returns though the handler has not
        AssertLog("0 dial A", "0 leave A", "0 abort A");
        leave.Set();
        await handler;
        AssertLog("handled", "0 ended A Closed", "0 dial B");
    }

    [Fact]
    public void What_connect_or_live_throws_is_an_end_like_others()
    {
        var calls = 0;
        using var subscription = MsgcObservable.Reconnect<string, string, string>(
            ["A", "B"],
            server => server == "A" ? throw new InvalidOperationException("no way") : Observable.Never<string>().StartWith("session"),
            (_, _) => calls++ == 0 ? throw new InvalidOperationException("no life") : Observable.Never<string>(),
            Ticks(100), _counting, Ended).Subscribe(_observer);
        _scheduler.AdvanceTo(1);
        AssertLog("0 ended A no way", "0 ended B no life");
        _scheduler.AdvanceTo(100);
        AssertLog("100 ended A no way");
        Assert.Equal(2, calls);
    }

    [Fact]
    public void What_ended_throws_ends_everything()
    {
        _ended = (_, _) => throw new InvalidOperationException("bug");
        using var subscription = Run("A", "B", "C");
        _scheduler.AdvanceTo(100);
        Refuse("B");
        AssertLog("0 dial A", "100 dial B", "100 abort B", "100 ended B refused", "100 abort A");
        Assert.Equal("!bug@100", _observer.Seen());
        Assert.Equal(0, _counting.Outstanding);
    }

    [Fact]
    public void An_interval_that_is_not_positive_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MsgcObservable.Reconnect<string, string, string>(
            ["A"], _ => Observable.Never<string>(), (_, _) => Observable.Never<string>(), TimeSpan.Zero, _counting, Ended));
        _interval = TimeSpan.Zero;
        using var subscription = Run("A");
        Assert.IsType<ArgumentOutOfRangeException>(_observer.Messages.Single().Value.Exception);
    }

    [Fact]
    public void An_hour_of_refusals_repeats_exactly()
    {
        _refusing.UnionWith(["A", "B", "C"]);
        _interval = TimeSpan.FromSeconds(5);
        using (Run("A", "B", "C"))
            _scheduler.AdvanceBy(TimeSpan.FromHours(1).Ticks);
        Assert.Equal(721 * 3, _log.Count(line => line.Contains("dial", StringComparison.Ordinal)));
    }

    private static IObservable<IReadOnlyList<string>> Lists(params string[] servers) =>
        Observable.Never<IReadOnlyList<string>>().StartWith(servers);

    private IDisposable Run(params string[] servers) => Run(Lists(servers));

    private IDisposable Run(IObservable<IReadOnlyList<string>> lists) => Rx(lists).Subscribe(_observer);

    private IObservable<string> Rx(IObservable<IReadOnlyList<string>> lists) => MsgcObservable.Reconnect(
        lists, Dial, Live, () => _interval, _counting, Ended, error => error is MsgcRefusedException, () => _jitter);

    private IObservable<string> Dial(string server) => Observable.Create<string>(observer =>
    {
        Log($"dial {server}");
        var connect = _connects[server] = new Subject<string>();
        var subscription = connect.Subscribe(observer);
        if (_refusing.Contains(server))
            Refuse(server);
        return new CompositeDisposable(Disposable.Create(() => Log($"abort {server}")), subscription);
    });

    private IObservable<string> Live(string server, string session) => Observable.Create<string>(observer =>
    {
        Assert.Equal($"session {server}", session);
        var live = _lives[server] = new Subject<string>();
        return new CompositeDisposable(Disposable.Create(() => Log($"leave {server}")), live.Subscribe(observer));
    });

    private void Ended(string server, Exception? cause)
    {
        Log($"ended {server} {Text(cause)}");
        _ended(server, cause);
    }

    private void Connect(string server) => _connects[server].OnNext($"session {server}");

    private void Refuse(string server) => _connects[server].OnError(new InvalidOperationException("refused"));

    private void Lose(string server) => _lives[server].OnError(new InvalidOperationException("lost"));

    private void Log(string act)
    {
        lock (_log)
            _log.Add($"{_scheduler.Clock} {act}");
    }

    private void AssertLog(params string[] expected)
    {
        lock (_log)
        {
            Assert.Equal(expected, _log);
            _log.Clear();
        }
    }
}
