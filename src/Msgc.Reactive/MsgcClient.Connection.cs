using System.Reactive.Disposables;
using System.Reactive.Linq;
using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive;

/// <content>What its lifecycle calls: dialling, attaching, and what is told of ends.</content>
public sealed partial class MsgcClient
{
    private IObservable<ClientSession> Connect(MsgcEndpoint endpoint)
    {
        var options = Options;
        var socketOptions = new MsgcSocketOptions { TcpBufferSize = options.TcpBufferSize, BindAddress = options.BindAddress };
        return _transport.Dial(endpoint, socketOptions).SelectMany(connection => Open(connection, endpoint, options).Handshake());
    }

    private ClientSession Open(IMsgcConnection connection, MsgcEndpoint endpoint, MsgcClientOptions dialled)
    {
        var options = Options;
        var hello = new HelloFrame(Id.Value, Interlocked.Increment(ref _sessions), options.IdleTimeout, Name, options.NoEcho) { Credentials = options.Credentials };
        var session = new ClientSession(connection, _dispatcher, _turn, _groups, _queue, hello, _rules) { Endpoint = endpoint };
        bool rebind;
        lock (_gate)
        {
            _live.Add(session);
            rebind = _options.BindAddress != dialled.BindAddress;
        }
        session.Closed += () =>
        {
            lock (_gate) _live.Remove(session);
            CloseIfDone();
        };
        if (rebind) Rebind(session);
        return session;
    }

    private static void Rebind(ClientSession session) => session.Fail(MsgcCause.Closed, "The local address has changed.");

    private IDisposable Attach(ClientSession session)
    {
        Volatile.Write(ref _lived, true);
        _groups.Attach(session);
        session.Begin();
        Log.Connected(_logger, Name, session.Server.ServerName, session.Endpoint);
        _states.Push(new MsgcConnectionState(MsgcConnectionPhase.Connected, session.Endpoint, session.Server.ServerName));
        return Disposable.Create(() =>
        {
            session.Fail(MsgcCause.Closed, "This client closed the connection.");
            var ended = Volatile.Read(ref _ended) != 0;
            var lost = _groups.Detach(session, tellGaps: !ended);
            if (ended)
            {
                _states.LostAtEnd = lost;
                return;
            }
            var end = session.End!;
            Log.Lost(_logger, Name, session.Server.ServerName, session.Endpoint, end.Cause, end.Message);
            _states.Push(new MsgcConnectionState(MsgcConnectionPhase.Lost, session.Endpoint, session.Server.ServerName, end.Cause, end.Message, lost));
        });
    }

    private void Ended(MsgcEndpoint endpoint, Exception? error)
    {
        // While a session lives there is no attempt, so the next end is its own, and was told when it was detached. An attempt that lost
        // the race has nothing to tell.
        if (Interlocked.Exchange(ref _lived, false) || error is not MsgcConnectionException end) return;
        Log.NotReached(_logger, Name, endpoint, end.Cause, end.Message);
        _states.Push(new MsgcConnectionState(MsgcConnectionPhase.Connecting, endpoint, null, end.Cause, end.Message));
    }

    private void GiveUp(Exception error)
    {
        Log.GivesUp(_logger, Name, error.Message);
        End(error);
    }
}
