using Msgc.Reactive.Testing.Network;

namespace Msgc.Reactive.Tests.Testing;

public sealed class SegmentPoolTests
{
    [Theory]
    [InlineData(0, 256)]
    [InlineData(1, 256)]
    [InlineData(256, 256)]
    [InlineData(257, 512)]
    [InlineData(131_072, 131_072)]
    public void Arrays_of_the_next_power_of_two_are_used_again(int count, int length)
    {
        var pool = new SegmentPool();
        var segment = pool.Rent(count);
        Assert.Equal((count, length), (segment.Count, segment.Array.Length));
        Assert.NotSame(segment.Array, pool.Rent(count).Array);

        pool.Return(segment.First(count / 2));
        Assert.Same(segment.Array, pool.Rent(length).Array);
    }

    [Fact]
    public void Arrays_that_are_large_or_too_many_are_not_kept()
    {
        var pool = new SegmentPool();
        var large = pool.Rent(200_000);
        Assert.Equal(200_000, large.Array.Length);
        pool.Return(large);
        Assert.NotSame(large.Array, pool.Rent(200_000).Array);

        var many = Enumerable.Range(0, 100).Select(_ => pool.Rent(1)).ToList();
        many.ForEach(pool.Return);
        var again = Enumerable.Range(0, 100).Select(_ => pool.Rent(1).Array).ToHashSet();
        Assert.Equal(64, again.Count(many.ConvertAll(static segment => segment.Array).Contains));
    }
}
