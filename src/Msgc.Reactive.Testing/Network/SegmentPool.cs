using System.Numerics;

namespace Msgc.Reactive.Testing.Network;

/// <summary>
/// The network's segments, for use again. The shared array pool takes a lock for each but one, and a segment is under way with many
/// others; here is one thread.
/// </summary>
internal sealed class SegmentPool
{
    private const int LeastBits = 8;
    private const int MostBits = 17;
    private const int Kept = 64; // of each size

    private readonly Stack<byte[]>[] _free = new Stack<byte[]>[MostBits - LeastBits + 1];

    public SegmentPool()
    {
        for (var i = 0; i < _free.Length; i++) _free[i] = new Stack<byte[]>(Kept);
    }

    public Segment Rent(int count)
    {
        var bits = Math.Max(LeastBits, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(0, count - 1)));
        if (bits > MostBits) return new Segment(GC.AllocateUninitializedArray<byte>(count), count);
        return new Segment(_free[bits - LeastBits].TryPop(out var array) ? array : new byte[1 << bits], count);
    }

    /// <summary>What is not returned is garbage, nothing worse.</summary>
    public void Return(Segment segment)
    {
        var array = segment.Array;
        if (array.Length > 1 << MostBits) return;
        var free = _free[BitOperations.Log2((uint)array.Length) - LeastBits];
        if (free.Count < Kept) free.Push(array);
    }
}
