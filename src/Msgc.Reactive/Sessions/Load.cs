namespace Msgc.Reactive.Sessions;

/// <summary>Messages and bytes as one number, so that both are reserved in one atomic step: 23 bits of messages above 40 bits of bytes.</summary>
internal readonly record struct Load(long Packed)
{
    public const int MaxMessages = 1 << 21;
    public const long MaxBytes = 1L << 38;
    private const int Shift = 40;

    public Load(int messages, long bytes)
        : this(((long)messages << Shift) + bytes)
    {
    }

    public int Messages => (int)(Packed >> Shift);

    public long Bytes => Packed & ((1L << Shift) - 1);

    /// <summary>True when this is above the limit in neither respect.</summary>
    public bool Fits(Load limit) => Messages <= limit.Messages && Bytes <= limit.Bytes;

    public Load Over(int divisor) => new(Messages / divisor, Bytes / divisor);

    public static Load operator +(Load a, Load b) => new(a.Packed + b.Packed);

    public static Load operator -(Load a, Load b) => new(a.Packed - b.Packed);
}
