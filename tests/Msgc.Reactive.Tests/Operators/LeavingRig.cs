using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Operators;
using Msgc.Reactive.Testing;
using static Msgc.Reactive.Tests.Operators.Timeline;

namespace Msgc.Reactive.Tests.Operators;

/// <summary>Servers A, B … whose sessions are connected, leave and are lost as the test says, and what <c>Reconnect</c> does meanwhile, written down.</summary>
public abstract class LeavingRig
{
    private protected readonly TestScheduler _scheduler = new();
    private protected readonly CountingScheduler _counting;
    private protected readonly ITestableObserver<string> _observer;
    private protected readonly Dictionary<string, Subject<string>> _connects = [];
    private protected readonly Dictionary<string, Subject<string>> _lives = [];
    private protected readonly Dictionary<string, Subject<Unit>> _leavings = [];
    private protected readonly List<string> _log = [];

    protected LeavingRig()
    {
        _counting = new CountingScheduler(_scheduler);
        _observer = _scheduler.CreateObserver<string>();
    }

    private protected static IObservable<IReadOnlyList<string>> Lists(params string[] servers) => Observable.Never<IReadOnlyList<string>>().StartWith(servers);

    private protected IDisposable Run(params string[] servers) => Run(Lists(servers));

    private protected IDisposable Run(IObservable<IReadOnlyList<string>> lists) => Rx(lists).CheckGrammar("result").Subscribe(_observer);

    private protected IObservable<string> Rx(IObservable<IReadOnlyList<string>> lists) => MsgcObservable.Reconnect(
        lists, Dial, Live, () => Ticks(100), _counting, Ended, error => error is MsgcRefusedException, leaving: Leaving);

    private protected IObservable<string> Dial(string server) => Observable.Create<string>(observer =>
    {
        Log($"dial {server}");
        _connects[server] = new Subject<string>();
        return new CompositeDisposable(Disposable.Create(() => Log($"abort {server}")), _connects[server].Subscribe(observer));
    });

    private protected IObservable<string> Live(string server, string session) => Observable.Create<string>(observer =>
    {
        _lives[server] = new Subject<string>();
        return new CompositeDisposable(Disposable.Create(() => Log($"leave {server}")), _lives[server].Subscribe(observer));
    });

    private protected IObservable<Unit> Leaving(string session) => Observable.Create<Unit>(observer =>
    {
        var server = session[^1..];
        _leavings[server] = new Subject<Unit>();
        return new CompositeDisposable(Disposable.Create(() => Log($"stay {server}")), _leavings[server].Subscribe(observer));
    });

    private protected void Ended(string server, Exception? cause) => Log($"ended {server} {Text(cause)}");

    private protected void Connect(string server) => _connects[server].OnNext($"session {server}");

    private protected void Leave(string server) => _leavings[server].OnNext(Unit.Default);

    private protected void Refuse(string server) => _connects[server].OnError(new InvalidOperationException("refused"));

    private protected void Lose(string server) => _lives[server].OnError(new InvalidOperationException("lost"));

    private protected void Log(string act) => _log.Add($"{_scheduler.Clock} {act}");

    private protected void AssertLog(params string[] expected)
    {
        Assert.Equal(expected, _log);
        _log.Clear();
    }
}
