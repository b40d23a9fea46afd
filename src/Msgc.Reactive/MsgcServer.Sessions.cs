using System.Reactive.Disposables;
using Microsoft.Extensions.Logging;
using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Routing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive;

/// <content>Its sessions from their beginning to their end, and what is logged of them.</content>
public sealed partial class MsgcServer
{
    /// <summary>All sessions and links at this moment, for those who look at their queues.</summary>
    internal ServerSession[] Sessions
    {
        get
        {
            lock (_gate) return [.. _sessions, .. _linkSessions];
        }
    }

    private IObservable<IMsgcConnection> Dial(MsgcEndpoint endpoint) =>
        _transport.Dial(endpoint, new MsgcSocketOptions { TcpBufferSize = Options.TcpBufferSize });

    /// <summary>A connection to a peer has been made.</summary>
    private ServerSession Open(IMsgcConnection connection, string peer) =>
        Keep(new ServerSession(connection, _dispatcher, Pool, _switchboard, _settings, peer) { Since = _clock.Elapsed });

    private void Accept(IMsgcConnection connection)
    {
        _counts.Accept();
        var session = Keep(new ServerSession(connection, _dispatcher, Pool, _switchboard, _settings) { Since = _clock.Elapsed });
        // Rooted by the connection, and always ended by it: there is nothing to dispose.
        Lifecycle.Accepted(session, Attach, Options.ConnectTimeout, _dispatcher.Scheduler).Subscribe(_ => { }, error => Ended(session, error));
    }

    /// <summary>Keeps a session until it has closed; one that comes while the server stops ends in its handshake.</summary>
    private ServerSession Keep(ServerSession session)
    {
        bool stopping;
        lock (_gate)
        {
            stopping = _stopping;
            _sessions.Add(session);
        }
        session.Closed += () => Forget(session);
        if (stopping) session.Drain();
        return session;
    }

    private IDisposable Attach(ServerSession session) => session.Peer is null ? AttachClient(session) : _mesh.Attach(session);

    private IDisposable AttachClient(ServerSession session)
    {
        var client = session.Client!;
        Log.ClientConnected(_logger, client.Name, new MsgcClientId(client.ClientId), session.RemoteAddress);
        _switchboard.Attach(session);
        return Disposable.Create((Server: this, session), static attached => attached.Server.DetachClient(attached.session));
    }

    private void DetachClient(ServerSession session) => _switchboard.Detach(session, _stopping ? MsgcViewCause.Shutdown : MsgcViewCause.Disconnect);

    private void Linked(ServerSession session)
    {
        lock (_gate)
        {
            if (_sessions.Remove(session)) _linkSessions.Add(session);
        }
        StoppedIfEmpty();
    }

    private void Ended(ServerSession session, Exception error)
    {
        session.Ended(error);
        var end = session.End!;
        if (end.Cause == MsgcCause.Protocol) Log.ProtocolError(_logger, session.RemoteAddress, end.Message);
        else if (session.Client is { } client) Log.ClientGone(_logger, client.Name, new MsgcClientId(client.ClientId), session.RemoteAddress, end.Cause, end.Message);
        else if (session.Peer is not null) return; // told where it is detached
        else if (session.IsLinking) Log.LinkNotTaken(_logger, session.RemoteAddress, end.Cause, end.Message);
        else Log.HandshakeFailed(_logger, session.RemoteAddress, end.Cause, end.Message);
    }

    private void Forget(ServerSession session)
    {
        lock (_gate)
        {
            if (!_sessions.Remove(session)) _linkSessions.Remove(session);
            _ended += TrafficOf(session);
        }
        _counts.End(session.End!.Cause);
        StoppedIfEmpty();
    }

    private void Refused(ServerSession session, string reason)
    {
        _counts.Refuse();
        // The dialling server says so in its own log, once.
        if (session.IsLinking) Log.LinkNotTaken(_logger, session.RemoteAddress, MsgcCause.Refused, reason);
        else Log.ClientRefused(_logger, session.RemoteAddress, reason);
    }

    private void Slow(ServerSession session, Load used, string group)
    {
        var held = session.Outbox.HeldFor;
        _meter.Slow(session.FarEnd!.Name, session.Client is null, session.RemoteAddress, group, used.Messages, held);
        if (session.Client is { } client)
            Log.ClientSlow(_logger, client.Name, new MsgcClientId(client.ClientId), session.RemoteAddress, group, held.TotalSeconds, used.Messages, used.Bytes);
        else
            Log.LinkSlow(_logger, session.FarEnd!.Name, session.RemoteAddress, group, held.TotalSeconds, used.Messages, used.Bytes);
    }

    private void Stuck(ServerSession session, Load used, string group)
    {
        var held = session.Outbox.HeldFor;
        _meter.Stuck(session.FarEnd!.Name, session.Client is null, session.RemoteAddress, group, used.Messages, held);
        if (session.Client is { } client)
            Log.ClientStuck(_logger, client.Name, new MsgcClientId(client.ClientId), session.RemoteAddress, group, held.TotalSeconds, used.Messages, used.Bytes);
        else
            Log.LinkStuck(_logger, session.FarEnd!.Name, session.RemoteAddress, group, held.TotalSeconds, used.Messages, used.Bytes);
    }
}
