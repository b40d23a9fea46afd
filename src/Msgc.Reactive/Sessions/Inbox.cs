using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <summary>
/// Received bytes on their way to frames, in blocks that are used again once nobody has them. A server's outboxes share those whose runs
/// they forward.
/// </summary>
internal sealed class Inbox(BlockPool pool)
{
    private const int Roomy = 4 * 1024;

    private Block? _block;
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Unread => _block is null ? default : _block.Bytes.AsSpan(_start, _end - _start);

    public bool IsEmpty => _start == _end;

    /// <summary>The block that <see cref="Unread"/> lies in, and where.</summary>
    public Block Block => _block!;

    public int Start => _start;

    /// <summary>Room for the next bytes: enough for the rest of the frame that has begun, or roomy.</summary>
    public Memory<byte> GetBuffer()
    {
        if (_block is null) Replace(0);
        else if (!_block.IsShared && _end - _start <= _start) Compact();

        var wanted = IsEmpty ? Roomy : Math.Max(Roomy / 4, Frame.AnnouncedLength(Unread) - (_end - _start));
        if (_block!.Bytes.Length - _end < wanted) Replace(wanted);
        return _block.Bytes.AsMemory(_end);
    }

    public void Commit(int bytes) => _end += bytes;

    public void Consume(int bytes) => _start += bytes;

    /// <summary>
    /// Gives the block back while nothing is unread, so that a quiet connection holds none; not while it is shared, or a trickle of messages
    /// to somebody who does not read would keep a block for each.
    /// </summary>
    public void Rest()
    {
        if (!IsEmpty || _block is null || _block.IsShared) return;
        _block.Release();
        _block = null;
        _start = _end = 0;
    }

    public void Clear()
    {
        _block?.Release();
        _block = null;
        _start = _end = 0;
    }

    private void Compact()
    {
        Unread.CopyTo(_block!.Bytes);
        _end -= _start;
        _start = 0;
    }

    private void Replace(int wanted)
    {
        var old = _block;
        var rest = _end - _start;
        _block = pool.Rent(rest + wanted);
        if (rest > 0) Buffer.BlockCopy(old!.Bytes, _start, _block.Bytes, 0, rest);
        old?.Release();
        _start = 0;
        _end = rest;
    }
}
