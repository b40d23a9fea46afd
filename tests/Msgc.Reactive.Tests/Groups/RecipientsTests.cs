using CsCheck;
using Msgc.Reactive.Groups;

namespace Msgc.Reactive.Tests.Groups;

public sealed class RecipientsTests
{
    private const int Few = 8;

    private static readonly string[] Names = [.. Enumerable.Range(0, 41).Select(n => $"{n}")];

    private readonly RecipientSets<string> _sets = new(Few);

    [Fact]
    public void Each_is_there_once_and_the_digest_depends_on_the_set_alone() => Gen.Int[1, 40].Array[0, 60].Sample(numbers =>
    {
        var sets = new RecipientSets<string>(Few);
        var (there, back) = (Recipients<string>.None, Recipients<string>.None);
        var seen = new HashSet<int>();
        foreach (var n in numbers) Assert.Equal(seen.Add(n), sets.Add(ref there, Names[n], (ulong)n));
        for (var n = 40; n > 0; n--) sets.Add(ref back, Names[n], (ulong)n);
        for (var n = 1; n <= 40; n++)
        {
            if (!seen.Contains(n)) Assert.True(sets.Remove(ref back, Names[n]) && !sets.Remove(ref back, Names[n]));
        }
        return there.Id == back.Id && there.Count == seen.Count && there.All.ToArray().Order().SequenceEqual(back.All.ToArray().Order())
            && there.ToArray().ToHashSet().SetEquals(seen.Select(n => Names[n])) && (seen.Count > Few || there == back);
    });

    [Theory]
    [InlineData(2)]
    [InlineData(Few)]
    [InlineData(Few + 1)]
    public void What_one_group_gains_or_loses_another_that_had_the_same_keeps_as_it_was(int count)
    {
        Recipients<string> x = Of(Names[..count]), y = Of(Names[..count]);
        Assert.Equal(count <= Few, x == y);
        _sets.Add(ref x, Names[40], 40);
        Assert.Equal(Names[..count], y.ToArray());
        _sets.Remove(ref x, Names[40]);
        _sets.Remove(ref x, Names[0]);
        Assert.Equal(Names[..count], y.ToArray());
        Assert.Equal(Names[1..count].Order(), x.ToArray().Order());
    }

    [Fact]
    public void A_few_that_no_group_has_any_more_are_forgotten()
    {
        Recipients<string> x = Of("1", "2"), y = Of("1", "2");
        var shared = x;
        _sets.Release(ref x);
        x = Of("2", "1");
        Assert.Same(shared, x);
        _sets.Release(ref x);
        _sets.Remove(ref y, "1");
        Assert.NotSame(shared, Of("1", "2"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public void Groups_with_equal_recipients_share_one_array_and_unused_ones_are_forgotten(int count)
    {
        Recipients<string> x = Of(Names[..count]), y = Of([.. Names[..count].Reverse()]), link = Of("link");
        RecipientSets<string>.Set? byX = null, byY = null;
        _sets.Exchange(ref byX, x, link);
        _sets.Exchange(ref byY, y, link);
        var shared = byX!.All;
        Assert.Same(shared, byY!.All);
        Assert.Equal([.. Names[..count].Order(), "link"], [.. shared[..^1].Order(), shared[^1]]);
        _sets.Exchange(ref byY, y, Recipients<string>.None);
        Assert.Same(byX.Local, byY?.Local ?? y.ToArray());
        _sets.Release(ref byY);
        _sets.Exchange(ref byX, x, link);
        Assert.Same(shared, byX!.All);
        _sets.Release(ref byX);
        _sets.Exchange(ref byX, x, link);
        Assert.NotSame(shared, byX!.All);
        Assert.Equal(shared.Order(), byX.All.Order());
    }

    private Recipients<string> Of(params string[] names)
    {
        var set = Recipients<string>.None;
        foreach (var name in names) _sets.Add(ref set, name, name == "link" ? 100 : ulong.Parse(name) + 1);
        return set;
    }
}
