using System.Reactive.Disposables;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <summary>A client's connection state: the current one first, then each change, inside the client's turn.</summary>
internal sealed class ConnectionStates(Turn turn, Action<Exception> failed) : IObservable<MsgcConnectionState>
{
    private readonly Fanout<MsgcConnectionState> _observers = new(failed);
    private MsgcConnectionState _latest = new(MsgcConnectionPhase.Connecting);
    private MsgcConnectionState _current = new(MsgcConnectionPhase.Connecting);

    /// <summary>True while a session lives, whether or not observers know yet.</summary>
    public bool IsConnected => Volatile.Read(ref _latest).Phase == MsgcConnectionPhase.Connected;

    /// <summary>What the last connection may have lost when the client ended it.</summary>
    public long LostAtEnd { get; set; }

    public void Connected(ClientSession session) =>
        Push(new MsgcConnectionState(MsgcConnectionPhase.Connected, session.Endpoint, session.Server.ServerName));

    /// <summary>A session that has ended, and how many messages it may have lost.</summary>
    public void Lost(ClientSession session, long messages) => Push(
        new MsgcConnectionState(MsgcConnectionPhase.Lost, session.Endpoint, session.Server.ServerName, session.End!.Cause, session.End.Message, messages));

    public void Push(MsgcConnectionState state)
    {
        Volatile.Write(ref _latest, state);
        turn.Post(() =>
        {
            _current = state;
            _observers.Push(state);
        });
    }

    /// <summary>The last state, then the end; inside the turn.</summary>
    public void End(Exception? error)
    {
        _current = new MsgcConnectionState(
            MsgcConnectionPhase.Closed, Cause: error is MsgcRefusedException ? MsgcCause.Refused : null, Reason: error?.Message, LostMessages: LostAtEnd);
        _observers.Push(_current);
        _observers.End(error);
    }

    public IDisposable Subscribe(IObserver<MsgcConnectionState> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new SingleAssignmentDisposable();
        turn.Post(() =>
        {
            if (subscription.IsDisposed || _observers.Add(observer, static () => { }) is not { } added) return;
            subscription.Disposable = added;
            Fanout<MsgcConnectionState>.PushTo(added, _current);
        });
        return subscription;
    }
}
