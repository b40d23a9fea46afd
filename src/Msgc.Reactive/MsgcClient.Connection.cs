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
        var socketOptions = new MsgcSocketOptions
        {
            TcpBufferSize = options.TcpBufferSize, BindAddress = options.BindAddress,
            Threads = _dispatcher.OnUsersScheduler ? null : ReceiveThreads.Shared, // what is received goes on to the user's scheduler
        };
        return _transport.Dial(endpoint, socketOptions).SelectMany(connection => Open(connection, endpoint, options).Handshake());
    }

    private ClientSession Open(IMsgcConnection connection, MsgcEndpoint endpoint, MsgcClientOptions dialled)
    {
        var options = Options;
        var hello = new HelloFrame(Id.Value, Interlocked.Increment(ref _sessions), options.IdleTimeout, Name, options.NoEcho) { Credentials = options.Credentials };
        var session = new ClientSession(connection, _dispatcher, Pool, _turn, _groups, _queue, hello, _rules) { Endpoint = endpoint };
        bool rebind;
        lock (_gate)
        {
            _live.Add(session);
            rebind = _options.BindAddress != dialled.BindAddress;
        }
        session.Closed += () =>
        {
            lock (_gate)
            {
                if (_live.Remove(session)) _past += TrafficOf(session);
            }
            CloseIfDone();
        };
        if (rebind) Rebind(session);
        return session;
    }

    private static void Rebind(ClientSession session) => session.Fail(MsgcCause.Closed, "The local address has changed.");

    private bool HasAnother(MsgcEndpoint endpoint) => _servers.Value.Any(e => e != endpoint);

    private IDisposable Attach(ClientSession session)
    {
        _groups.Counts.Session();
        _lived.Add(session.Endpoint);
        var isOnly = _groups.Attach(session);
        session.Begin();
        if (isOnly) LogConnected(session);
        else Log.Moving(_logger, Name, session.Server.ServerName, session.Endpoint);
        return Disposable.Create(() => Detach(session));
    }

    private void LogConnected(ClientSession session) => Log.Connected(_logger, Name, session.Server.ServerName, session.Endpoint);

    private void Detach(ClientSession session)
    {
        session.Fail(MsgcCause.Closed, "This client closed the connection.");
        var ended = Volatile.Read(ref _ended) != 0;
        var loss = _groups.Detach(session, isEnd: ended);
        if (ended)
        {
            _states.LostAtEnd += loss?.Messages ?? 0;
            return;
        }
        if (loss?.Session is not { } lost)
        {
            Log.Left(_logger, Name, session.Server.ServerName, session.Endpoint, session.End!.Cause, session.End.Message);
            return;
        }
        Log.Lost(_logger, Name, lost.Server.ServerName, lost.Endpoint, lost.End!.Cause, lost.End.Message);
        if (loss.Moved?.Next is { } next) LogConnected(next);
    }

    private void Ended(MsgcEndpoint endpoint, Exception? error)
    {
        // A session's end was told when it was detached. An attempt that lost the race has nothing to tell, nor one that failed beside a
        // session has a state.
        if (_lived.Remove(endpoint) || error is not MsgcConnectionException end) return;
        Log.NotReached(_logger, Name, endpoint, end.Cause, end.Message);
        if (!_states.IsConnected) _states.Push(new MsgcConnectionState(MsgcConnectionPhase.Connecting, endpoint, null, end.Cause, end.Message));
    }

    private void GiveUp(Exception error)
    {
        Log.GivesUp(_logger, Name, error.Message);
        End(error);
    }
}
