using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// The longest stretch of consecutive frames in one block with equal recipients; what queues hold. A run owns one reference of its block.
/// Control frames are runs of 0 messages; those with <see cref="Late"/> are written only when their turn comes.
/// </summary>
internal readonly record struct Run(Block? Block, int Start, int Length, int Messages, ILateFrames? Late = null)
{
    public Load Load => new(Messages, Messages == 0 ? 0 : Length);

    public ReadOnlySpan<byte> Bytes => Block!.Bytes.AsSpan(Start, Length);

    /// <summary>A control frame of its own.</summary>
    public static Run Control(byte[] frame) => new(new Block(frame), 0, frame.Length, 0);
}
