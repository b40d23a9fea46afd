using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>A publisher is told how many of its messages were handled, at least every MaxBacklog / 4. (contract, "§4")</summary>
public sealed class HandledTests
{
    [Fact]
    public void Each_count_arrives_as_it_was_however_many_wait_to_be_sent()
    {
        using var world = new World(server: o => o with { MaxBacklog = 40 });
        var publisher = world.DialRaw(Hello());
        world.Settle();
        // 100 in one piece: ten counts are queued before the first is sent. Then ten at a time: the frame of the last count is used again.
        publisher.Send([.. Enumerable.Range(1, 100).SelectMany(n => Message("x", 40, (ulong)n))]);
        world.Settle();
        for (var n = 101; n <= 130; n += 10)
        {
            publisher.Send([.. Enumerable.Range(n, 10).SelectMany(m => Message("x", 40, (ulong)m))]);
            world.Settle();
        }
        Assert.Equal(Enumerable.Range(1, 13).Select(i => (ulong)(10 * i)), publisher.Of(FrameKind.Handled).Select(f => f.Number));
    }

    [Fact]
    public void Counts_that_wait_behind_others_are_not_changed_by_later_ones()
    {
        using var world = new World(server: o => o with { MaxBacklog = 40, TcpBufferSize = 4096 });
        var publisher = world.DialRaw(Hello(Timeout.InfiniteTimeSpan), reads: false);
        world.Settle();
        for (var n = 1; n <= 20_000; n += 10)
        {
            publisher.Send([.. Enumerable.Range(n, 10).SelectMany(m => Message("x", 40, (ulong)m))]);
            world.Settle();
        }
        publisher.Resume();
        world.Settle();
        var told = publisher.Of(FrameKind.Handled).Select(f => f.Number).ToArray();
        Assert.Equal(Enumerable.Range(1, told.Length).Select(i => (ulong)(10 * i)), told);
        Assert.Equal(2000, told.Length);
    }
}
