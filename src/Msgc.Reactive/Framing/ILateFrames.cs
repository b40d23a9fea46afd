namespace Msgc.Reactive.Framing;

/// <summary>Frames whose content is decided when they are sent, so that what piles up meanwhile merges.</summary>
internal interface ILateFrames
{
    /// <summary>The next frame, or null when all are written.</summary>
    byte[]? Next();
}
