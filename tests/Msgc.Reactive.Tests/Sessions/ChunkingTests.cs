using System.Reactive.Linq;
using System.Security.Cryptography;
using CsCheck;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>However the network cuts the bytes, on the way to the server and from it, the application sees the same.</summary>
public sealed class ChunkingTests
{
    private static readonly int[] AroundABlock = [0, 1, 7, 131_047, 200 * 1024, 0, 3];

    [Fact]
    public void Frames_larger_than_a_block_arrive_the_same_whole_in_random_pieces_and_byte_by_byte() => AssertSame(AroundABlock, seed: 3);

    [Fact]
    public void Any_sizes_arrive_the_same_whole_in_random_pieces_and_byte_by_byte() => Gen.Select(
        Gen.OneOf(Gen.Int[0, 200], Gen.Int[0, 200], Gen.Int[0, 20_000]).Array[1, 30], Gen.ULong[1, 1_000_000]).Sample(AssertSame, iter: 8);

    private static void AssertSame(int[] sizes, ulong seed)
    {
        var whole = Play(sizes, Chunking.Whole, seed);
        Assert.Equal(sizes.Length, whole.TakeWhile(e => e != "own").Count(e => e[1] == ' '));
        Assert.Equal((sizes.Length + 2) / 3, whole.SkipWhile(e => e != "own").Count(e => e[1] == ' '));
        Assert.Equal(whole, Play(sizes, Chunking.Random, seed));
        Assert.Equal(whole, Play(sizes, Chunking.SingleBytes, seed));
    }

    /// <summary>A client publishes to two groups by turns and receives one itself; another one receives and watches both.</summary>
    private static List<string> Play(int[] sizes, Chunking chunking, ulong seed)
    {
        var world = new World();
        world.Network.Chunking = chunking;
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        var seen = new List<string>();
        var own = new List<string>();
        publisher.Group("y").Subscribe(m => own.Add(Shown(m)));
        member.Group("x").Events.Merge(member.Group("y").Events).Subscribe(e => seen.Add(e.Message is { } message ? Shown(message) : e.Shown()));
        world.Settle();
        var random = new Random((int)seed);
        var published = new List<ValueTask>();
        for (var i = 0; i < sizes.Length; i++)
        {
            var payload = new byte[sizes[i]];
            random.NextBytes(payload);
            published.Add(publisher.Group(i % 3 == 0 ? "y" : "x").PublishAsync(payload));
            if (i % 7 == 0) publisher.Group($"other {i}").Subscribe(_ => { });
            if (i % 5 == 0) world.Settle();
        }
        var flushed = publisher.FlushAsync();
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.True(flushed.IsCompletedSuccessfully);
        Assert.All(published, p => Assert.True(p.IsCompletedSuccessfully));
        world.Dispose();
        Assert.Equal((0, 0, 0), (world.Server.Pool.Outstanding, publisher.Pool.Outstanding, member.Pool.Outstanding));
        return [.. seen, "own", .. own];
    }

    private static string Shown(MsgcMessage message) => $"{message.Group} {message.Number} {message.Payload.Length} {Convert.ToHexString(SHA256.HashData(message.Payload.Span))}";
}
