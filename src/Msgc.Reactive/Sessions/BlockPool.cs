using System.Buffers;

namespace Msgc.Reactive.Sessions;

/// <summary>Blocks of one size, last in first out so that the warm ones are used. Larger requests get a block that is not kept.</summary>
internal sealed class BlockPool(int blockBytes = BlockPool.DefaultBlockBytes)
{
    public const int DefaultBlockBytes = 128 * 1024;
    private const int Kept = 64;

    private readonly Lock _gate = new();
    private readonly Stack<Block> _free = new();
    private int _outstanding;

    public int BlockBytes => blockBytes;

    /// <summary>Blocks rented and not yet returned: 0 once everything is disposed.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    public Block Rent(int atLeast = 0)
    {
        Interlocked.Increment(ref _outstanding);
        if (atLeast <= blockBytes)
        {
            lock (_gate)
            {
                if (_free.TryPop(out var block))
                {
                    block.Revive();
                    return block;
                }
            }
        }
        return new Block(GC.AllocateUninitializedArray<byte>(Math.Max(blockBytes, atLeast), pinned: atLeast <= blockBytes), this);
    }

    /// <summary>A block of its own for a few bytes, so that they do not keep a whole received block.</summary>
    public Block Copy(ReadOnlySpan<byte> bytes)
    {
        Interlocked.Increment(ref _outstanding);
        var block = new Block(ArrayPool<byte>.Shared.Rent(bytes.Length), this) { IsSmall = true };
        bytes.CopyTo(block.Bytes);
        return block;
    }

    internal void Return(Block block)
    {
        Interlocked.Decrement(ref _outstanding);
        if (block.IsSmall) ArrayPool<byte>.Shared.Return(block.Bytes);
        if (block.IsSmall || block.Bytes.Length != blockBytes) return;
        lock (_gate)
        {
            if (_free.Count < Kept) _free.Push(block);
        }
    }
}
