using System.Reactive.Linq;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <content>The handshake: a client or a peer is let in, or told why not.</content>
internal sealed partial class ServerSession
{
    private LinkHandshake? _linking;
    private bool _refused;

    /// <summary>True when the far end is a peer, or wants to be one.</summary>
    public bool IsLinking => _linking is not null;

    /// <summary>True when the far end of a dialled session has said that it is this very server.</summary>
    public bool IsSelf { get; private set; }

    /// <summary>Cold: starts the connection and emits once it is known and agreed who is at the far end.</summary>
    public IObservable<ServerSession> Handshake() => Observable.Create<ServerSession>(observer =>
    {
        var subscription = Received.Where(_ => FarEnd is null && TryGreet()).Select(_ => this).Subscribe(observer);
        Connection.Start(this);
        if (_linking is not null) Sender.Urgent(_linking.Begin());
        return subscription;
    });

    /// <summary>Says something of the handshake.</summary>
    public void Say(byte[] frame) => Sender.Urgent(frame);

    /// <summary>Says no; the far end closes, or the connect timeout does.</summary>
    public void Refuse(RefusedFrame refusal)
    {
        _settings.Refused(this, refusal.Reason);
        Sender.Urgent(refusal.Write());
        _refused = true;
    }

    /// <summary>The far end has said no.</summary>
    public void Refused(RefusedFrame refusal)
    {
        IsSelf = refusal.Self;
        Fail(MsgcCause.Refused, $"The server at {RemoteAddress} refused this server: {refusal.Reason}.");
    }

    /// <summary>Takes what has come of the handshake; true once it is done.</summary>
    private bool TryGreet()
    {
        while (!_refused && TryRead(out var frame))
        {
            if (!CheckGreeting(frame)) break;
            var done = frame.Kind == FrameKind.Hello && _linking is null ? TryWelcome(frame) : TryLink(frame);
            if (End is not null || _refused) break;
            Inbox.Consume(frame.Bytes.Length);
            if (!done) continue;
            Begin();
            return true;
        }
        if (_refused) Inbox.Consume(Inbox.Unread.Length);
        return false;
    }

    /// <summary>Looks at a first frame's versions, and at the shape of those that follow it.</summary>
    private bool CheckGreeting(Frame frame)
    {
        if (_linking is not null) return Check(frame);
        if (!HelloFrame.TryReadVersions(frame, out var lowest, out var highest))
        {
            Fail(MsgcCause.Protocol, "Protocol error: the first frame is no hello.");
            return false;
        }
        if (lowest <= HelloFrame.Version && highest >= HelloFrame.Version) return true;
        var who = frame.Kind == FrameKind.Hello ? "client" : "dialling server";
        Refuse(new RefusedFrame($"The {who} speaks protocol versions {lowest} to {highest}, this server {HelloFrame.Version}.", Final: true));
        return false;
    }

    private bool TryWelcome(Frame frame)
    {
        var hello = HelloFrame.Read(frame, out var reason);
        if (hello is null)
        {
            Fail(MsgcCause.Protocol, $"Protocol error: {reason}.");
            return false;
        }
        if (_settings.Authorize(hello) is { } refusal)
        {
            Refuse(new RefusedFrame(refusal, Final: true));
            return false;
        }
        Sender.Urgent(_settings.Welcome().Write());
        Met(new ClientEnd(this, hello, _switchboard, _settings.Outbox.LimitsInForce), hello.IdleTimeout);
        return true;
    }

    private bool TryLink(Frame frame)
    {
        _linking ??= new LinkHandshake(this, _settings.Peering, target: null);
        if (!_linking.Take(frame)) return false;
        var (name, incarnation, idleTimeout) = _linking.Far;
        Met(new PeerEnd(this, name, incarnation, _settings.Links), idleTimeout);
        return true;
    }

    private void Met(FarEnd farEnd, TimeSpan idleTimeout)
    {
        FarEnd = farEnd;
        Establish(idleTimeout);
    }
}
