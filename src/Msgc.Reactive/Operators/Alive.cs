// received     --r----r-------r---------------     handled one by one, under no lock
// idle 8                       |-------X           Idle
// sent         ----s-------------s------------
// keepalive 5      |----!        |----!            no-op

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Msgc.Reactive.Operators;

public static partial class MsgcObservable
{
    /// <summary>
    /// A session's life between its handshake and its end, whoever dialled: what is received is handled, silence of the far end is the end,
    /// and silence of this end is broken (contract, "§2"). Client sessions and links are made of it; together with
    /// <see cref="Within{T}"/> for the handshake, and <c>Reconnect</c> or <c>Peering</c> around it, it makes others.
    /// </summary>
    /// <param name="received">What comes in; its end is the session's.</param>
    /// <param name="handle">Handles it; called under no lock. Time in it does not count as silence.</param>
    /// <param name="sent">One element for whatever is sent. Its completion does not matter.</param>
    /// <param name="noOp">Sends something when nothing else was sent.</param>
    /// <param name="idleTimeout">As with <see cref="IdleTimeout{T}(IObservable{T}, IObservable{TimeSpan}, IScheduler, IObservable{bool})"/>.</param>
    /// <param name="keepAlive">As with <see cref="KeepAlive{T}(IObservable{T}, IObservable{TimeSpan}, Action, IScheduler)"/>.</param>
    /// <param name="scheduler">The clock.</param>
    /// <param name="suspended">True while this end does not read.</param>
    /// <param name="ended">Hears the end of what is received, or that it fell silent, first of all.</param>
    /// <returns>No elements, only the end.</returns>
    public static IObservable<Unit> Alive<TReceived, TSent>(
        this IObservable<TReceived> received,
        Action<TReceived> handle,
        IObservable<TSent> sent,
        Action noOp,
        IObservable<TimeSpan> idleTimeout,
        IObservable<TimeSpan> keepAlive,
        IScheduler scheduler,
        IObservable<bool>? suspended = null,
        Action<Exception>? ended = null)
    {
        ArgumentNullException.ThrowIfNull(received);
        ArgumentNullException.ThrowIfNull(handle);
        ArgumentNullException.ThrowIfNull(sent);
        // Of what is sent only an error travels. Not Merge, which holds a lock while it passes things on, and leaves 1.4 KB of garbage for each connection.
        return received.IdleTimeout(idleTimeout, scheduler, suspended)
            .Do(handle, ended ?? (static _ => { }))
            .IgnoreElements()
            .Select(static _ => Unit.Default)
            .TakeUntil(sent.KeepAlive(keepAlive, noOp, scheduler));
    }
}
