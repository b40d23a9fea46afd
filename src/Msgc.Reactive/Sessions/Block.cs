namespace Msgc.Reactive.Sessions;

/// <summary>A stretch of bytes shared by reference count: received once, queued to many, given back to its pool by the last.</summary>
internal sealed class Block
{
    private readonly BlockPool? _pool;
    private int _references = 1;

    public Block(byte[] bytes, BlockPool? pool = null)
    {
        Bytes = bytes;
        _pool = pool;
    }

    public byte[] Bytes { get; }

    /// <summary>True for a copy of a few bytes, made for a recipient that lags.</summary>
    public bool IsSmall { get; init; }

    /// <summary>True while someone beside the caller, who has a reference, holds one.</summary>
    public bool IsShared => Volatile.Read(ref _references) > 1;

    public void AddReferences(int count = 1) => Interlocked.Add(ref _references, count);

    public void Release(int count = 1)
    {
        var left = Interlocked.Add(ref _references, -count);
        if (left == 0) _pool?.Return(this);
        else if (left < 0) throw new InvalidOperationException("A block was released more often than it was referenced.");
    }

    internal void Revive() => Volatile.Write(ref _references, 1);
}
