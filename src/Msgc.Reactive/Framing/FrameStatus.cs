namespace Msgc.Reactive.Framing;

/// <summary>What a look at received bytes gave.</summary>
internal enum FrameStatus
{
    /// <summary>A whole, valid frame.</summary>
    Complete,

    /// <summary>The bytes so far are fine; the frame goes on.</summary>
    NeedMore,

    /// <summary>What stands there is no frame; the reason says why.</summary>
    Invalid,
}
