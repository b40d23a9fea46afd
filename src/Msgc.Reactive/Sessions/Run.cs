using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// The longest stretch of consecutive frames in one block with equal recipients; what queues hold. A run owns one reference of its block.
/// Control frames are runs of 0 messages; those with <see cref="Late"/> are written only when their turn comes.
/// <see cref="Each"/> is the length of each frame where all are equal and have one message, so that the run is cut without a look at them, and else 0.
/// </summary>
internal readonly record struct Run(Block? Block, int Start, int Length, int Messages, ILateFrames? Late = null, int Each = 0)
{
    public Load Load => new(Messages, Messages == 0 ? 0 : Length);

    public ReadOnlySpan<byte> Bytes => Block!.Bytes.AsSpan(Start, Length);

    /// <summary>
    /// Cuts the first messages off, with those packed into one frame with the last of them; both parts own a reference of the block then. When
    /// that is all, the rest is none.
    /// </summary>
    public Run Cut(int messages, out Run rest)
    {
        var all = this; // which the rest may be put in the place of
        var length = messages >= Messages ? Length : Each > 0 ? messages * Each : MessageFrame.LengthOfFirst(Bytes, ref messages);
        if (length == all.Length)
        {
            rest = default;
            return all;
        }
        rest = all with { Start = all.Start + length, Length = all.Length - length, Messages = all.Messages - messages };
        all.Block!.AddReferences();
        return all with { Length = length, Messages = messages };
    }

    /// <summary>A control frame of its own.</summary>
    public static Run Control(byte[] frame) => new(new Block(frame), 0, frame.Length, 0);
}
