using Msgc.Reactive.Testing;
using Msgc.Reactive.Testing.Network;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>Latencies as drawn, and as they reach the wire.</summary>
public sealed class SimulatedLatencyTests
{
    private const int Draws = 100_000;

    [Fact]
    public void Equal_seeds_draw_the_same_and_others_do_not()
    {
        foreach (var latency in new[] { SimulatedLatency.Uniform(Ticks(1), Ticks(1_000_000)), SimulatedLatency.Exponential(Ticks(1), Ticks(1_000_000)) })
        {
            Assert.Equal(Draw(latency, 1), Draw(latency, 1));
            Assert.NotEqual(Draw(latency, 1), Draw(latency, 2));
        }
    }

    [Fact]
    public void A_constant_is_constant_and_draws_nothing()
    {
        var random = new SeededRandom(1);
        Assert.Equal(7, SimulatedLatency.Constant(Ticks(7)).Draw(ref random));
        Assert.Equal(new SeededRandom(1).Next(), random.Next());
    }

    [Fact]
    public void Uniform_draws_each_tick_as_often_and_none_outside()
    {
        var draws = Draw(SimulatedLatency.Uniform(Ticks(100), Ticks(109)), 3);

        Assert.Equal(Enumerable.Range(100, 10).Select(static tick => (long)tick), draws.Distinct().Order());
        Assert.All(draws.CountBy(static tick => tick), static tick => Assert.InRange(tick.Value, Draws * 0.09, Draws * 0.11));
    }

    [Fact]
    public void Exponential_has_its_least_its_mean_and_its_tail()
    {
        const long Least = 5_000;
        const long Mean = 1_000_000;
        var waits = Draw(SimulatedLatency.Exponential(Ticks(Least), Ticks(Mean)), 4).ConvertAll(static draw => draw - Least);

        Assert.InRange(waits.Min(), 0, Mean / 1_000);
        Assert.InRange(waits.Average(), Mean * 0.99, Mean * 1.01);
        foreach (var times in new[] { 0.1, 0.5, 1, 2, 3, 5 })
        {
            var expected = Draws * Math.Exp(-times);
            Assert.InRange(waits.Count(wait => wait > times * Mean), expected - (4 * Math.Sqrt(expected)), expected + (4 * Math.Sqrt(expected)));
        }
    }

    [Fact]
    public void Exponential_is_the_same_on_every_machine()
    {
        var latency = SimulatedLatency.Exponential(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(20));
        Assert.Equal([123_634, 68_666, 15_886, 172_225, 172_267], Draw(latency, 1).Take(5));
    }

    [Fact]
    public void The_longest_wait_does_not_overflow()
    {
        var random = new SeededRandom(unchecked(0UL - 0x9E3779B97F4A7C15UL)); // its first number is 0
        var wait = SimulatedLatency.Exponential(TimeSpan.Zero, TimeSpan.FromDays(1_000)).Draw(ref random);
        Assert.InRange(TimeSpan.FromTicks(wait).TotalDays, 44_000, 45_000);
    }

    [Fact]
    public void Impossible_latencies_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(static () => SimulatedLatency.Constant(Ticks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(static () => SimulatedLatency.Uniform(Ticks(2), Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>(static () => SimulatedLatency.Uniform(Ticks(-2), Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>(static () => SimulatedLatency.Exponential(Ticks(-1), Ticks(1)));
        Assert.Throws<ArgumentOutOfRangeException>(static () => SimulatedLatency.Exponential(Ticks(1), Ticks(-1)));
    }

    [Theory]
    [InlineData(Clock.TestScheduler)]
    [InlineData(Clock.VirtualScheduler)]
    public void A_way_has_its_own_and_the_others_the_networks_and_bytes_keep_their_order(Clock clock)
    {
        var net = new NetworkFixture(clock, seed: 9);
        net.Network.SetLatency("a", "b", SimulatedLatency.Exponential(Ticks(100), Ticks(5_000)));
        net.Network.SetLatency(SimulatedLatency.Uniform(Ticks(10), Ticks(20)));
        var dialled = net.Dial();
        net.Scheduler.AdvanceBy(1_000_000);
        Peer near = new(net.Scheduler, dialled.Connection!), far = new(net.Scheduler, net.Accepted[^1]);
        near.Connection.Start(near);
        far.Connection.Start(far);
        var start = net.Scheduler.Clock;
        for (var i = 0; i < 100; i++)
        {
            near.Send(NetworkFixture.Bytes(10, 10 * i));
            far.Send(NetworkFixture.Bytes(10, 10 * i));
            net.Scheduler.AdvanceBy(1_000);
        }
        net.Scheduler.AdvanceBy(1_000_000);

        Assert.Equal(NetworkFixture.Bytes(1_000), far.Received);
        Assert.Equal(NetworkFixture.Bytes(1_000), near.Received);
        Assert.All(near.Blocks, (block, i) => Assert.InRange(block.Time - start - (1_000 * i), 10, 20));
        Assert.Contains(far.Blocks.Index(), block => block.Item.Time - start - (1_000 * block.Index) > 10_000);
    }

    private static List<long> Draw(SimulatedLatency latency, ulong seed)
    {
        var random = new SeededRandom(seed);
        var draws = new List<long>();
        for (var i = 0; i < Draws; i++) draws.Add(latency.Draw(ref random));
        return draws;
    }

    private static TimeSpan Ticks(long ticks) => TimeSpan.FromTicks(ticks);
}
