using Msgc.Tool.Bench;

namespace Msgc.Tool.Tests.Bench;

public sealed class StampTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(999, 1L << 46, long.MaxValue)]
    [InlineData(1, Stamp.WarmUp, Stamp.Untimed)]
    [InlineData(65_535, Stamp.EndOfWarmUp, 1)]
    [InlineData(7, Stamp.End, Stamp.Untimed)]
    public void A_stamp_is_read_as_it_was_written(int publisher, long number, long time)
    {
        var payload = new byte[Stamp.Bytes];
        var stamp = new Stamp(publisher, number, time);

        stamp.Write(payload);

        Assert.Equal(stamp, Stamp.Read(payload));
    }
}
