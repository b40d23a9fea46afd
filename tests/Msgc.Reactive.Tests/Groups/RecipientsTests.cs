using CsCheck;
using Msgc.Reactive.Groups;

namespace Msgc.Reactive.Tests.Groups;

public sealed class RecipientsTests
{
    [Fact]
    public void Each_is_there_once_and_the_digest_depends_on_the_set_alone() => Gen.Int[1, 40].Array[0, 60].Sample(numbers =>
    {
        var (there, back) = (new Recipients<string>(), new Recipients<string>());
        var names = Enumerable.Range(0, 41).Select(n => $"{n}").ToArray();
        var seen = new HashSet<int>();
        foreach (var n in numbers) Assert.Equal(seen.Add(n), there.Add(names[n], (ulong)n));
        for (var n = 40; n > 0; n--) back.Add(names[n], (ulong)n);
        for (var n = 1; n <= 40; n++)
        {
            if (!seen.Contains(n)) Assert.True(back.Remove(names[n]) && !back.Remove(names[n]));
        }
        return there.Id == back.Id && there.Count == seen.Count && there.All.Order().SequenceEqual(back.All.Order())
            && there.All.ToHashSet().SetEquals(seen.Select(n => names[n]));
    });

    [Fact]
    public void Groups_with_equal_recipients_share_one_array_and_unused_ones_are_forgotten()
    {
        var sets = new RecipientSets<string>();
        Recipients<string> x = new(), y = new();
        RecipientSets<string>.Set? heldByX = null, heldByY = null;
        x.Add("1", 1);
        x.Add("2", 2);
        y.Add("2", 2);
        y.Add("1", 1);
        var shared = sets.Exchange(ref heldByX, x.Id, () => x.All);
        Assert.Same(shared, sets.Exchange(ref heldByY, y.Id, () => y.All));
        Assert.Equal(["1", "2"], shared);
        y.Remove("1");
        Assert.Equal(["2"], sets.Exchange(ref heldByY, y.Id, () => y.All));
        Assert.Same(shared, sets.Exchange(ref heldByX, x.Id, () => x.All));
        sets.Release(ref heldByX);
        sets.Release(ref heldByY);
        Assert.NotSame(shared, sets.Exchange(ref heldByX, x.Id, () => x.All));
    }
}
