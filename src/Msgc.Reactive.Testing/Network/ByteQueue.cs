namespace Msgc.Reactive.Testing.Network;

/// <summary>Bytes in order, kept as the segments they came in.</summary>
internal sealed class ByteQueue(SegmentPool pool)
{
    private readonly Queue<Segment> _segments = new();
    private int _offset; // into the first segment

    public int Count { get; private set; }

    public void Enqueue(Segment segment)
    {
        _segments.Enqueue(segment);
        Count += segment.Count;
    }

    /// <summary>Moves as many bytes as the target takes.</summary>
    public void CopyTo(Span<byte> target)
    {
        Count -= target.Length;
        while (target.Length > 0)
        {
            var first = _segments.Peek();
            var source = first.From(_offset);
            if (source.Length > target.Length)
            {
                source[..target.Length].CopyTo(target);
                _offset += target.Length;
                return;
            }
            source.CopyTo(target);
            target = target[source.Length..];
            RemoveFirst();
            pool.Return(first);
        }
    }

    /// <summary>The first so many bytes as one segment, without copying where it is one already.</summary>
    public Segment Dequeue(int count)
    {
        if (_offset == 0 && _segments.Peek() is var first && first.Count == count)
        {
            Count -= count;
            RemoveFirst();
            return first;
        }
        var segment = pool.Rent(count);
        CopyTo(segment.From(0));
        return segment;
    }

    public void Clear()
    {
        _segments.Clear();
        _offset = 0;
        Count = 0;
    }

    private void RemoveFirst()
    {
        _segments.Dequeue();
        _offset = 0;
    }
}
