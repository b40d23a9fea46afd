using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>A peer at the far end: the session is the link to it.</summary>
internal sealed class PeerEnd(ServerSession session, string name, ulong incarnation, ILinks links) : FarEnd
{
    public override string Name => name;

    /// <summary>Another one after each start of the peer.</summary>
    public ulong Incarnation => incarnation;

    public override ulong? Sender => null;

    /// <summary>Nothing that came over a link goes over one, so there is nothing to suppress.</summary>
    public override bool NoEcho => false;

    public override bool TryHandle(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.NoOp:
                return true;
            case FrameKind.Interest:
                links.Interest(session, InterestFrame.Serial(frame), frame.Bytes[InterestFrame.HeaderBytes..]);
                session.Outbox.Control(Frames.Number(FrameKind.InterestAck, InterestFrame.Serial(frame)));
                return true;
            case FrameKind.NoInterest:
                links.NoInterest(session, InterestFrame.Serial(frame), InterestFrame.Name(frame));
                return true;
            case FrameKind.InterestAck:
                links.Confirmed(session, Frames.NumberAt(frame, 0));
                return true;
            case FrameKind.Watch:
                links.Watch(session, frame.Name);
                return true;
            case FrameKind.Unwatch:
                links.Unwatch(session, frame.Name);
                return true;
            case FrameKind.View:
                HandleView(frame);
                return true;
            case FrameKind.Flush:
                session.Outbox.Control(Frames.FlushAck(Frames.NumberAt(frame, 0), 0));
                return true;
            case FrameKind.FlushAck:
                links.Flushed(session, Frames.NumberAt(frame, 0));
                return true;
            case FrameKind.Paused:
                session.Outbox.FarPaused(true);
                return true;
            case FrameKind.Resumed:
                session.Outbox.FarPaused(false);
                return true;
            case FrameKind.Draining:
                links.Draining(session);
                return true;
            case FrameKind.Drained:
                links.Drained(session);
                session.Fail(MsgcCause.Draining, "The peer has stopped.");
                return true;
            default:
                return false;
        }
    }

    public override void Handled(int messages)
    {
        // Peers are not told.
    }

    public override byte[] NoOp() => Frames.Number(FrameKind.NoOp, 0);

    public override void NoOpSent(byte[] frame)
    {
        // Nor by no-ops.
    }

    private void HandleView(Frame frame)
    {
        var entries = new List<ViewEntry>();
        if (ViewFrame.Read(frame, (byte)MsgcViewCause.Shutdown, entries) is { } reason)
        {
            session.Fail(MsgcCause.Protocol, $"Protocol error: {reason}.");
            return;
        }
        links.View(
            session, ViewFrame.Name(frame), (frame.Flags & ViewFrame.First) != 0, (frame.Flags & ViewFrame.Last) != 0,
            (frame.Flags & ViewFrame.Snapshot) != 0, (MsgcViewCause)ViewFrame.Cause(frame), entries);
    }
}
