using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Msgc.Reactive.Operators;

namespace Msgc.Reactive.Sessions;

/// <summary>The whole life of a connection, at a glance.</summary>
internal static class Lifecycle
{
    /// <summary>A client's sessions, one after the other: dial, shake hands, live, and again.</summary>
    public static IObservable<Unit> Dialled(
        IObservable<IReadOnlyList<MsgcEndpoint>> servers,
        Func<MsgcEndpoint, IObservable<ClientSession>> connect,
        Func<ClientSession, IDisposable> attach,
        ReconnectRules rules,
        Action<MsgcEndpoint, Exception?> ended,
        IScheduler scheduler) =>
        MsgcObservable.Reconnect(
            servers,
            endpoint => connect(endpoint).Within(rules.ConnectTimeout(), scheduler),    // connect, TLS and handshake together
            (_, session) => Live(session, () => attach(session), scheduler),
            rules.Interval,
            scheduler,
            ended,
            error => error is MsgcRefusedException,
            rules.Jitter,
            session => session.Leaving);                                                // its server stops: the next one is dialled beside it

    /// <summary>An accepted connection's one session.</summary>
    public static IObservable<Unit> Accepted(ServerSession accepted, Func<ServerSession, IDisposable> attach, TimeSpan connectTimeout, IScheduler scheduler) =>
        accepted.Handshake()
            .Within(connectTimeout, scheduler)
            .Take(1)                                                                    // the handshake is over, and let go of
            .SelectMany(session => Live(session, () => attach(session), scheduler));

    /// <summary>A peer's links, one after the other: dialled, unless the peer has dialled.</summary>
    public static IObservable<Unit> Linked(
        IObservable<MsgcEndpoint> address,
        IObservable<bool> taken,
        Func<MsgcEndpoint, IObservable<ServerSession>> connect,
        Func<ServerSession, IDisposable> attach,
        ReconnectRules rules,
        Action<MsgcEndpoint, Exception?> ended,
        IScheduler scheduler) =>
        MsgcObservable.Peering(
            address,
            taken,
            endpoint => Observable.Defer(() => connect(endpoint).Within(rules.ConnectTimeout(), scheduler)),
            (_, session) => Live(session, () => attach(session), scheduler),
            rules.Interval,
            scheduler,
            ended);

    /// <summary>A session from its handshake to its end.</summary>
    private static IObservable<Unit> Live(Session session, Func<IDisposable> attach, IScheduler scheduler) => Observable.Using(attach, _ =>
        Observable.Create<Unit>(observer =>
        {
            var life = session.Received.Alive(
                _ => session.Handle(), session.Sent, session.NoOp, session.IdleTimeout, session.KeepAlive, scheduler, session.Suspended, session.Ended)
                .Subscribe(observer);
            session.Live();
            return life;
        }));
}

/// <summary>How one goes on after a loss. Read at each use, so that options change while running.</summary>
internal sealed record ReconnectRules(Func<TimeSpan> ConnectTimeout, Func<TimeSpan> Interval, Func<TimeSpan> Jitter);
