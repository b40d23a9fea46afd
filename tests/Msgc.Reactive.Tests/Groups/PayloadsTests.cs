using System.Runtime.InteropServices;
using Msgc.Reactive.Groups;

namespace Msgc.Reactive.Tests.Groups;

public sealed class PayloadsTests
{
    private readonly Payloads _payloads = new();

    [Fact]
    public void Nothing_that_is_kept_changes_when_more_is()
    {
        var lengths = Enumerable.Range(0, 3000).Select(i => i * 37 % 5000).ToArray();
        var kept = lengths.Select((length, i) => Keep(Enumerable.Repeat((byte)i, length).ToArray())).ToArray();
        Assert.Equal(lengths, kept.Select(payload => payload.Length));
        Assert.All(kept, (payload, i) => Assert.Equal(-1, payload.Span.IndexOfAnyExcept((byte)i)));
    }

    [Fact]
    public void Small_ones_lie_side_by_side_in_chunks_that_grow_to_64_KiB_and_large_ones_by_themselves()
    {
        var chunks = Enumerable.Range(0, 2000).Select(_ => ArrayOf(Keep(new byte[100]))).Distinct().Select(chunk => chunk.Length).ToArray();
        Assert.Equal([1024, 2048, 4096, 8192, 16384, 32768, 65536, 65536, 65536], chunks);
        Assert.Equal(4096, ArrayOf(new Payloads().Reserve(4096, out _)).Length);
        Assert.Equal(4097, ArrayOf(Keep(new byte[4097])).Length);
    }

    [Fact]
    public void Empty_ones_need_no_memory()
    {
        Assert.Equal(0, Keep([]).Length);
        Assert.Equal(1024, ArrayOf(Keep([1])).Length);
    }

    private ReadOnlyMemory<byte> Keep(byte[] payload)
    {
        var kept = _payloads.Reserve(payload.Length, out var target);
        payload.CopyTo(target);
        return kept;
    }

    private static byte[] ArrayOf(ReadOnlyMemory<byte> payload)
    {
        Assert.True(MemoryMarshal.TryGetArray(payload, out var segment));
        return segment.Array!;
    }
}
