// list [A B C], interval 5
// connect A  -x                  fails at once; not tried again before 5 have passed
// connect B   --------x          slow, so joined by C after 5; disposed when C wins
// connect C        ---s--------x wins; its subscription owns the connection until the session is lost
// live C              ---1--2--x
// connect A                     --s----
// live A                          --3--
// result     ------------1--2-------3--
// ended        A      B        C
//
// list [A B], the session says that it is leaving
// live A      --1-----3---x      lives on
// leaving A      ^
// connect B      --s---------    dialled beside it
// live B           --2-----4-
// result      --1----23----4-
// ended                   A      A's pause begins

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Msgc.Reactive.Operators;

public static partial class MsgcObservable
{
    /// <summary>
    /// Keeps one connected session at one server of a list (contract, "§2", ReconnectInterval). The first server of the list is tried at
    /// once; after a failed attempt or a lost session the next, going on in order (wrapping) from that one, again at once; but no server
    /// before the interval plus jitter has passed since the end of its last attempt or session. When all must wait, the one free first
    /// comes next. An attempt not connected after the interval is joined by one at the next server; the first to connect wins and the
    /// others are disposed. While a session lives nothing is dialled, unless it says that it is leaving: then the next server is, beside it,
    /// and until the old one ends both live; should the new one be lost before, another is dialled. A connection that has ended is disposed before
    /// <paramref name="ended"/> is called and before anything else is dialled.
    /// </summary>
    /// <typeparam name="TEndpoint">Names a server; equal ones are the same server, and there is at most one attempt at each.</typeparam>
    /// <typeparam name="TSession">A connected session.</typeparam>
    /// <typeparam name="TResult">What a session's life yields.</typeparam>
    /// <param name="endpoints">
    /// The list, from its latest element on. When the server of the living session is no longer in it, that session is disposed and ends
    /// with <see cref="MsgcCause.Closed"/>, and the new list is tried from its first; attempts at removed servers are disposed. Otherwise
    /// the session stays. Its completion does not matter; its error ends everything.
    /// </param>
    /// <param name="connect">
    /// An attempt: emits one session when connected, then stays silent. Its subscription owns the connection: it lasts as long as the
    /// session, and disposal aborts. An end before the session is a failed attempt; an error after it a lost session.
    /// </param>
    /// <param name="live">A session's life; its error or completion is the session's end.</param>
    /// <param name="interval">The pause, read at each use. Positive.</param>
    /// <param name="scheduler">The clock.</param>
    /// <param name="ended">
    /// Called once for each attempt or session that ended: with its error, or null when it completed or was disposed because another one
    /// connected or its server left the list. Not called for what the result's own disposal or error disposes.
    /// </param>
    /// <param name="isFatal">True for an error that retrying cannot mend: everything is disposed and the result ends with it.</param>
    /// <param name="jitter">Added to the interval; read once at each end of an attempt or session. Below zero counts as zero.</param>
    /// <param name="leaving">
    /// A session's word that it is about to go: its first element. Its completion does not matter; its error is the session's end. Without
    /// it no session leaves. The server of a session that leaves is not dialled before that has ended.
    /// </param>
    /// <returns>
    /// The elements of the sessions' lives, one at a time, in the order in which they came. Never completes; errors with a fatal error, the error of <paramref name="endpoints"/>, or what
    /// <paramref name="interval"/>, <paramref name="ended"/>, <paramref name="isFatal"/> or <paramref name="jitter"/> throws.
    /// </returns>
    public static IObservable<TResult> Reconnect<TEndpoint, TSession, TResult>(
        IObservable<IReadOnlyList<TEndpoint>> endpoints,
        Func<TEndpoint, IObservable<TSession>> connect,
        Func<TEndpoint, TSession, IObservable<TResult>> live,
        Func<TimeSpan> interval,
        IScheduler scheduler,
        Action<TEndpoint, Exception?> ended,
        Func<Exception, bool>? isFatal = null,
        Func<TimeSpan>? jitter = null,
        Func<TSession, IObservable<Unit>>? leaving = null)
        where TEndpoint : notnull
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(connect);
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(interval);
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentNullException.ThrowIfNull(ended);
        return Observable.Create<TResult>(observer =>
        {
            var pace = new ReconnectPace<TEndpoint>(scheduler, interval, jitter);
            return new ReconnectLoop<TEndpoint, TSession, TResult>(observer, connect, live, scheduler, pace, ended, isFatal, leaving).Run(endpoints);
        });
    }

    /// <summary>
    /// As <see cref="Reconnect{TEndpoint, TSession, TResult}(IObservable{IReadOnlyList{TEndpoint}}, Func{TEndpoint, IObservable{TSession}}, Func{TEndpoint, TSession, IObservable{TResult}}, Func{TimeSpan}, IScheduler, Action{TEndpoint, Exception}, Func{Exception, bool}, Func{TimeSpan}, Func{TSession, IObservable{Unit}})"/>,
    /// with one list and one interval for life, no fatal errors, no jitter, and no session that leaves.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is not positive.</exception>
    public static IObservable<TResult> Reconnect<TEndpoint, TSession, TResult>(
        IReadOnlyList<TEndpoint> endpoints,
        Func<TEndpoint, IObservable<TSession>> connect,
        Func<TEndpoint, TSession, IObservable<TResult>> live,
        TimeSpan interval,
        IScheduler scheduler,
        Action<TEndpoint, Exception?> ended)
        where TEndpoint : notnull
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        return Reconnect(Observable.Return(endpoints, ImmediateScheduler.Instance), connect, live, () => interval, scheduler, ended);
    }
}
