using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Simulation.Wire;

/// <summary>Finds whole frames in what passes by, however it is cut.</summary>
internal sealed class FrameReader
{
    private byte[] _rest = new byte[256];
    private int _count;

    public delegate void Found(Frame frame);

    /// <summary>Adds bytes, and tells of each frame that is whole now.</summary>
    public void Add(ReadOnlySpan<byte> bytes, Found found)
    {
        if (_count == 0)
        {
            var read = Read(bytes, found);
            Keep(bytes[read..]);
            return;
        }
        Keep(bytes);
        var taken = Read(_rest.AsSpan(0, _count), found);
        _rest.AsSpan(taken, _count - taken).CopyTo(_rest);
        _count -= taken;
    }

    private static int Read(ReadOnlySpan<byte> bytes, Found found)
    {
        var at = 0;
        while (Frame.TryRead(bytes[at..], int.MaxValue, out var frame, out _) == FrameStatus.Complete)
        {
            found(frame);
            at += frame.Bytes.Length;
        }
        return at;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_count + bytes.Length > _rest.Length) Array.Resize(ref _rest, Math.Max(_count + bytes.Length, 2 * _rest.Length));
        bytes.CopyTo(_rest.AsSpan(_count));
        _count += bytes.Length;
    }
}
