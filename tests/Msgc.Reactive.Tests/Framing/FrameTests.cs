using CsCheck;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Tests.Framing;

/// <summary>Bytes become frames, however they were cut.</summary>
public sealed class FrameTests
{
    private const int Max = 8192;

    [Fact]
    public void Whole_byte_by_byte_and_in_random_pieces_the_same_frames_come_out() => Gen.Select(
        Wire.Any.Array[0, 12], Wire.Damaged, Gen.Int[1, 700].Array[1, 20]).Sample((frames, end, cuts) =>
        {
            byte[] bytes = [.. frames.SelectMany(f => f), .. end];
            var whole = Read(bytes, [bytes.Length]);
            Assert.Equal(frames.Select(Convert.ToHexString), whole.Take(frames.Length));
            Assert.Equal(whole, Read(bytes, [1]));
            Assert.Equal(whole, Read(bytes, cuts));
        },
        iter: 200);

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(Max + 1)]
    [InlineData(0x7FFFFFFF)]
    [InlineData(-1)]
    public void A_length_below_the_header_or_above_the_maximum_is_invalid_as_soon_as_it_is_there(int length)
    {
        Assert.Equal(FrameStatus.Invalid, Frame.TryRead(BitConverter.GetBytes(length), Max, out _, out var reason));
        Assert.Contains(((uint)length).ToString(), reason);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(Max)]
    public void A_length_at_a_limit_is_a_frame(int length)
    {
        var bytes = Wire.Measured(new byte[length]);
        Assert.Equal(FrameStatus.NeedMore, Frame.TryRead(bytes.AsSpan(0, length - 1), Max, out _, out var reason));
        Assert.Null(reason);
        Assert.Equal(FrameStatus.Complete, Frame.TryRead(bytes, Max, out var frame, out _));
        Assert.Equal(length, frame.Bytes.Length);
    }

    [Fact]
    public void The_announced_length_is_the_headers_until_it_is_known_and_never_negative()
    {
        Assert.Equal(Frame.HeaderBytes, Frame.AnnouncedLength([1, 2, 3]));
        Assert.Equal(0x04030201, Frame.AnnouncedLength([1, 2, 3, 4]));
        Assert.Equal(int.MaxValue, Frame.AnnouncedLength([255, 255, 255, 255]));
    }

    /// <summary>The frames in hex, then why it went no further: the reason, or how many bytes wait for more.</summary>
    private static List<string> Read(byte[] bytes, int[] cuts)
    {
        var found = new List<string>();
        int start = 0, end = 0;
        for (var i = 0; end < bytes.Length; i++)
        {
            end = Math.Min(bytes.Length, end + cuts[i % cuts.Length]);
            while (true)
            {
                var status = Frame.TryRead(bytes.AsSpan(start..end), Max, out var frame, out var reason);
                if (status == FrameStatus.Invalid) return [.. found, reason!];
                if (status == FrameStatus.NeedMore) break;
                found.Add(Convert.ToHexString(frame.Bytes));
                start += frame.Bytes.Length;
            }
        }
        return [.. found, $"{bytes.Length - start} more"];
    }
}
