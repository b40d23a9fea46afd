using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// The longest stretch of consecutive frames in one block with equal recipients; what queues hold. A run owns one reference of its block.
/// Control frames are runs of 0 messages; those with <see cref="Late"/> are written only when their turn comes.
/// <see cref="Each"/> is the length of each message where all are equal, so that the run is cut without a look at them, and else 0.
/// </summary>
internal readonly record struct Run(Block? Block, int Start, int Length, int Messages, ILateFrames? Late = null, int Each = 0)
{
    public Load Load => new(Messages, Messages == 0 ? 0 : Length);

    public ReadOnlySpan<byte> Bytes => Block!.Bytes.AsSpan(Start, Length);

    /// <summary>Cuts the first messages off; both parts own a reference of the block then.</summary>
    public Run Cut(int messages, out Run rest)
    {
        var length = Each > 0 ? messages * Each : MessageFrame.LengthOfFirst(Bytes, messages);
        rest = this with { Start = Start + length, Length = Length - length, Messages = Messages - messages };
        Block!.AddReferences();
        return this with { Length = length, Messages = messages };
    }

    /// <summary>A control frame of its own.</summary>
    public static Run Control(byte[] frame) => new(new Block(frame), 0, frame.Length, 0);
}
