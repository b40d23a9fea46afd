using Msgc.Tool.Bench;

namespace Msgc.Tool.Tests.Bench;

public sealed class LatenciesTests
{
    [Fact]
    public void Percentiles_are_in_microseconds_to_three_digits()
    {
        var latencies = new Latencies();
        for (var i = 1; i <= 1000; i++) latencies.Record(i * TimeSpan.TicksPerMicrosecond);

        Assert.Equal(1000, latencies.Count);
        Assert.InRange(latencies.At(50), 500, 500.5);
        Assert.InRange(latencies.At(99.9), 999, 1000);
        Assert.InRange(latencies.Max, 1000, 1001);
    }

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(long.MaxValue, 3_600_000_000)]
    public void Times_beyond_the_bounds_count_as_the_bound(long ticks, double microseconds)
    {
        var latencies = new Latencies();

        latencies.Record(ticks);

        Assert.Equal(1, latencies.Count);
        Assert.InRange(latencies.Max, microseconds * 0.999, microseconds * 1.001);
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        var latencies = new Latencies();
        latencies.Record(1);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 10_000; i++) latencies.Record(i);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
