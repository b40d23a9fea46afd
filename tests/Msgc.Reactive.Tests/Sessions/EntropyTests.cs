using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Tests.Sessions;

public sealed class EntropyTests
{
    public static TheoryData<Func<ulong>> Sources => [Entropy.Distinct, Entropy.Unguessable];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Each_bit_is_a_random_one(Func<ulong> source)
    {
        ulong[] drawn = [.. Enumerable.Range(0, 128).Select(_ => source())];
        Assert.Equal(drawn.Length, drawn.Distinct().Count());
        Assert.Equal(ulong.MaxValue, drawn.Aggregate((a, b) => a | b));
        Assert.Equal(0UL, drawn.Aggregate((a, b) => a & b));
    }
}
