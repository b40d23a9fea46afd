namespace Msgc.Reactive.Framing;

/// <summary>The type byte of a frame; PROTOCOL.md describes each. From <see cref="FirstExtension"/> up an older side skips what it does not know.</summary>
internal enum FrameKind : byte
{
    Hello = 0x01,
    Welcome = 0x02,
    Refused = 0x03,
    NoOp = 0x04,
    IdleTimeout = 0x05,
    IdleTimeoutAck = 0x06,
    Draining = 0x07,

    PeerHello = 0x08,
    PeerWelcome = 0x09,
    PeerConfirm = 0x0A,
    PeerReady = 0x0B,
    Paused = 0x0C,
    Resumed = 0x0D,
    Drained = 0x0E,

    Message = 0x10,
    Join = 0x11,
    JoinAck = 0x12,
    Leave = 0x13,
    LeaveAck = 0x14,
    Watch = 0x15,
    Unwatch = 0x16,
    Rejoined = 0x17,
    Flush = 0x18,
    FlushAck = 0x19,
    Handled = 0x1A,
    View = 0x1B,
    LinkGap = 0x1C,

    Interest = 0x20,
    InterestAck = 0x21,
    NoInterest = 0x22,

    FirstExtension = 0x80,
}
