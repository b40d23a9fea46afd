using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>A client at the far end: joins, leaves, watches, and is told how many of its messages were handled.</summary>
internal sealed class ClientEnd(ServerSession session, HelloFrame hello, ISwitchboard switchboard, Func<BacklogLimits> limits) : FarEnd
{
    private ulong _handled;
    private ulong _acknowledged;
    private Block? _told; // the last frame that said so, used again once it was sent: at full flow there are thousands a second

    public HelloFrame Hello => hello;

    public override string Name => hello.Name;

    public override ulong? Sender => hello.ClientId;

    public override bool NoEcho => hello.NoEcho;

    public override bool TryHandle(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.NoOp:
                return true;
            case FrameKind.Join:
                switchboard.Join(session, frame.Name, isMoving: (frame.Flags & Frames.MovingJoin) != 0);
                return true;
            case FrameKind.Leave:
                switchboard.Leave(session, frame.Name);
                return true;
            case FrameKind.Watch:
                switchboard.Watch(session, frame.Name);
                return true;
            case FrameKind.Unwatch:
                switchboard.Unwatch(session, frame.Name);
                return true;
            case FrameKind.Rejoined:
                switchboard.Rejoined(session);
                return true;
            case FrameKind.Flush:
                _acknowledged = _handled;
                switchboard.Answer(session, Frames.FlushAck(Frames.NumberAt(frame, 0), _handled));
                return true;
            default:
                return false;
        }
    }

    public override void Handled(int messages)
    {
        Volatile.Write(ref _handled, _handled + (ulong)messages);
        if (_handled - _acknowledged < (ulong)Math.Max(1, limits().MaxBacklog / 4)) return;
        _acknowledged = _handled;
        if (_told is null || _told.IsShared) _told = new Block(Frames.Number(FrameKind.Handled, _handled));
        else Frames.SetNumber(_told.Bytes, _handled);
        session.Outbox.Control(_told);
    }

    public override byte[] NoOp() => Frames.Number(FrameKind.NoOp, Volatile.Read(ref _handled));

    public override void NoOpSent(byte[] frame) => _acknowledged = Frames.NumberAt(new Frame(frame), 0);
}
