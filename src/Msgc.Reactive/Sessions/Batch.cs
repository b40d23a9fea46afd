namespace Msgc.Reactive.Sessions;

/// <summary>What one send gathers: pieces of runs, neighbours in a block joined to one segment.</summary>
internal sealed class Batch
{
    // A quiet connection sends one at a time.
    private readonly List<Block> _blocks = new(1);
    private readonly List<ArraySegment<byte>> _segments = new(1);
    private int _urgent;

    public IList<ArraySegment<byte>> Segments => _segments;

    public int Bytes { get; private set; }

    public bool IsEmpty => _segments.Count == 0;

    /// <summary>True once the batch was handed over; it may be cleared when the connection has answered.</summary>
    public bool IsSent { get; set; }

    /// <summary>The messages in it.</summary>
    public Load Load { get; private set; }

    public void Add(Run run, bool first = false)
    {
        var block = run.Block!;
        Bytes += run.Length;
        Load += run.Load;
        if (first)
        {
            _blocks.Insert(_urgent, block);
            _segments.Insert(_urgent++, new ArraySegment<byte>(block.Bytes, run.Start, run.Length));
            return;
        }
        if (_segments.Count > _urgent && _blocks[^1] == block && _segments[^1].Offset + _segments[^1].Count == run.Start)
        {
            _segments[^1] = new ArraySegment<byte>(block.Bytes, _segments[^1].Offset, _segments[^1].Count + run.Length);
            block.Release();
            return;
        }
        _blocks.Add(block);
        _segments.Add(new ArraySegment<byte>(block.Bytes, run.Start, run.Length));
    }

    public void Clear()
    {
        foreach (var block in _blocks) block.Release();
        _blocks.Clear();
        _segments.Clear();
        Load = default;
        _urgent = 0;
        Bytes = 0;
        IsSent = false;
    }
}
