using System.Reactive.Disposables;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>The states of a server's links: the current ones first, then all of them at each change, one call at a time.</summary>
internal sealed class PeerStates(Dispatcher dispatcher, Action<Exception> failed) : IObservable<IReadOnlyList<MsgcPeerState>>
{
    private readonly Turn _turn = new(dispatcher);
    private readonly Fanout<IReadOnlyList<MsgcPeerState>> _observers = new(failed);
    private IReadOnlyList<MsgcPeerState> _latest = [];
    private IReadOnlyList<MsgcPeerState> _current = [];

    /// <summary>The states now, whether or not observers know yet.</summary>
    public IReadOnlyList<MsgcPeerState> Latest => Volatile.Read(ref _latest);

    public void Push(IReadOnlyList<MsgcPeerState> states)
    {
        Volatile.Write(ref _latest, states);
        _turn.Post(() => _observers.Push(_current = states));
    }

    /// <summary>Ends the sequence behind what was pushed, and tells when that is done.</summary>
    public void End(Action ended) => _turn.Post(() =>
    {
        _observers.End(null);
        ended();
    });

    public IDisposable Subscribe(IObserver<IReadOnlyList<MsgcPeerState>> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new SingleAssignmentDisposable();
        _turn.Post(() =>
        {
            if (subscription.IsDisposed || _observers.Add(observer, static () => { }) is not { } added) return;
            subscription.Disposable = added;
            Fanout<IReadOnlyList<MsgcPeerState>>.PushTo(added, _current);
        });
        return subscription;
    }
}
