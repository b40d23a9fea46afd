// taken      false-------true--------------false-----------------
// address    A----------------------------------------------------
// dial A     -----s------!(disposed)            |interval|---s----
// result     ------1--2--                                     -3--

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Msgc.Reactive.Operators;

public static partial class MsgcObservable
{
    /// <summary>
    /// Keeps one session with a peer that may dial as well: it is dialled, and dialled anew after a loss, as with
    /// <see cref="Reconnect{TEndpoint, TSession, TResult}(IObservable{IReadOnlyList{TEndpoint}}, Func{TEndpoint, IObservable{TSession}}, Func{TEndpoint, TSession, IObservable{TResult}}, Func{TimeSpan}, IScheduler, Action{TEndpoint, Exception}, Func{Exception, bool}, Func{TimeSpan}, Func{TSession, IObservable{Unit}})"/>,
    /// but not while a session that the peer has dialled is the one. (contract, "§6")
    /// </summary>
    /// <typeparam name="TEndpoint">Where a peer is.</typeparam>
    /// <typeparam name="TSession">A connected session.</typeparam>
    /// <typeparam name="TResult">What a session's life yields.</typeparam>
    /// <param name="address">Where the peer is, from its latest element on; a change ends a session that was dialled elsewhere.</param>
    /// <param name="taken">
    /// True while nothing is to be dialled; attempts, and a dialled session, are then disposed. When it becomes false again the peer is
    /// dialled after the interval, as after the end of a session that was dialled; when it is false at first, at once.
    /// </param>
    /// <param name="connect">An attempt: emits one session when connected, then stays silent; its subscription owns the connection. One that takes longer than the interval is joined by another.</param>
    /// <param name="live">A session's life; its error or completion is the session's end.</param>
    /// <param name="interval">The pause between attempts, read at each use. Positive.</param>
    /// <param name="scheduler">The clock.</param>
    /// <param name="ended">Called once for each attempt or session that ended, with its error, or null when it was disposed.</param>
    /// <returns>The elements of the sessions' lives. It never completes.</returns>
    public static IObservable<TResult> Peering<TEndpoint, TSession, TResult>(
        IObservable<TEndpoint> address,
        IObservable<bool> taken,
        Func<TEndpoint, IObservable<TSession>> connect,
        Func<TEndpoint, TSession, IObservable<TResult>> live,
        Func<TimeSpan> interval,
        IScheduler scheduler,
        Action<TEndpoint, Exception?> ended)
        where TEndpoint : notnull
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(taken);
        ArgumentNullException.ThrowIfNull(connect);
        ArgumentNullException.ThrowIfNull(interval);
        ArgumentNullException.ThrowIfNull(scheduler);
        var free = taken.DistinctUntilChanged()
            .Select((isTaken, index) => isTaken || index == 0
                ? Observable.Return(!isTaken, ImmediateScheduler.Instance)
                : Observable.Timer(interval(), scheduler).Select(_ => true).StartWith(ImmediateScheduler.Instance, false))
            .Switch();
        return Reconnect(
            free.CombineLatest(address, static (isFree, endpoint) => (IReadOnlyList<TEndpoint>)(isFree ? [endpoint] : [])),
            endpoint => connect(endpoint).Hedged(interval, scheduler, error => ended(endpoint, error)),
            live,
            interval,
            scheduler,
            ended);
    }
}
