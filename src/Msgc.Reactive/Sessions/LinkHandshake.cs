using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// The handshake of one connection between two servers: until both have settled that it is their link it carries nothing else.
/// <code>
/// dialler    PeerHello -&gt;                PeerConfirm -&gt;
/// acceptor               &lt;- PeerWelcome                &lt;- PeerReady      or Refused, instead of either
/// </code>
/// </summary>
internal sealed class LinkHandshake(ServerSession session, IPeering peering, string? target)
{
    private PeerHelloFrame? _hello;
    private PeerWelcomeFrame? _welcome;

    /// <summary>What the dialling side begins with.</summary>
    public byte[] Begin() => (_hello = peering.Hello(target!)).Write();

    /// <summary>The peer's name, incarnation and idle timeout, once the handshake is done.</summary>
    public (string Name, ulong Incarnation, TimeSpan IdleTimeout) Far => target is null
        ? (_hello!.Name, _hello.Incarnation, _hello.IdleTimeout)
        : (_welcome!.Name, _welcome.Incarnation, _welcome.IdleTimeout);

    /// <summary>Takes a frame; true when it was the last one. It may have ended the session.</summary>
    public bool Take(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.PeerHello when target is null && _hello is null:
                TakeHello(frame);
                return false;
            case FrameKind.PeerConfirm when target is null && _welcome is not null:
                return TakeConfirm(frame);
            case FrameKind.PeerWelcome when target is not null && _welcome is null:
                TakeWelcome(frame);
                return false;
            case FrameKind.PeerReady when _welcome is not null && target is not null:
                if (peering.TryReady(session)) return true;
                GiveUp();
                return false;
            case FrameKind.Refused when target is not null && RefusedFrame.Read(frame) is { } refused:
                session.Refused(refused);
                return false;
            default:
                session.Fail(MsgcCause.Protocol, $"Protocol error: a {frame.Kind} frame out of place in the handshake of a link.");
                return false;
        }
    }

    private void TakeHello(Frame frame)
    {
        if (PeerHelloFrame.Read(frame, out var reason) is not { } hello)
        {
            session.Fail(MsgcCause.Protocol, $"Protocol error: {reason}.");
            return;
        }
        _hello = hello;
        if (peering.Refuse(session, hello) is { } refusal)
        {
            session.Refuse(refusal);
            return;
        }
        var welcome = peering.Welcome();
        _welcome = welcome with { Proof = Proof(byDialler: false, welcome) };
        session.Say(_welcome.Write());
    }

    private void TakeWelcome(Frame frame)
    {
        if (PeerWelcomeFrame.Read(frame, out var reason) is not { } welcome)
        {
            session.Fail(MsgcCause.Protocol, $"Protocol error: {reason}.");
            return;
        }
        _welcome = welcome;
        if (!PeerProof.Matches(welcome.Proof.Span, Proof(byDialler: false, welcome)))
            session.Fail(MsgcCause.Refused, $"The server at {session.RemoteAddress} has another PeerSecret.");
        else if (peering.TryWelcome(session, welcome))
            session.Say(PeerProof.Confirm(Proof(byDialler: true, welcome)));
        else
            GiveUp();
    }

    private bool TakeConfirm(Frame frame)
    {
        if (!PeerProof.Matches(frame.Body, Proof(byDialler: true, _welcome!)))
        {
            session.Refuse(new RefusedFrame("the PeerSecret differs", Final: false));
            return false;
        }
        if (!peering.TryConfirm(session, _hello!))
        {
            GiveUp();
            return false;
        }
        session.Say(Frames.Bare(FrameKind.PeerReady));
        return true;
    }

    private void GiveUp() => session.Fail(MsgcCause.Closed, "Another connection of these two servers is their link.");

    private byte[] Proof(bool byDialler, PeerWelcomeFrame welcome) =>
        PeerProof.Of(peering.Secret, byDialler, (_hello!.Nonce, _hello.Incarnation), (welcome.Nonce, welcome.Incarnation));
}
