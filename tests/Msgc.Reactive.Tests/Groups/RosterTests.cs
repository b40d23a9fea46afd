using CsCheck;
using Msgc.Reactive.Groups;

namespace Msgc.Reactive.Tests.Groups;

public sealed class RosterTests
{
    [Fact]
    public void A_client_counts_once_under_its_highest_session()
    {
        var roster = new Roster<string>();
        Assert.Equal(JoinOutcome.Joined, roster.Join(Member(1, 1)));
        Assert.Equal(JoinOutcome.Known, roster.Join(Member(1, 3)));
        Assert.Equal(JoinOutcome.Stale, roster.Join(Member(1, 2)));
        Assert.Equal(3UL, Assert.Single(roster.Members).Session);
        Assert.Null(roster.Leave(1, 2));
        Assert.NotNull(roster.Leave(1, 3));
        Assert.Empty(roster.Members);
    }

    [Fact]
    public void Digests_depend_on_the_set_alone() => Gen.ULong[1, 50].Array[0, 40].Sample(ids =>
    {
        var (there, back) = (new Roster<string>(), new Roster<string>());
        foreach (var id in ids) there.Join(Member(id, id % 3));
        foreach (var id in Enumerable.Range(1, 50)) back.Join(Member((ulong)id, 9));
        foreach (var id in Enumerable.Range(1, 50).Reverse()) back.Leave((ulong)id, 9);
        foreach (var id in ids.Reverse()) back.Join(Member(id, id % 3));
        return there.ViewId == back.ViewId && there.SessionsId == back.SessionsId
            && there.Members.Select(m => m.Client).Order().SequenceEqual(ids.Distinct().Order());
    });

    [Fact]
    public void Digests_of_different_sets_differ()
    {
        var seen = new HashSet<UInt128>();
        var roster = new Roster<string>();
        Assert.True(seen.Add(roster.ViewId));
        for (var id = 1UL; id < 10_000; id++)
        {
            roster.Join(Member(id, 1));
            Assert.True(seen.Add(roster.ViewId));
            Assert.True(seen.Add(SetDigest.Of(id)) || id == 1);
        }
    }

    [Fact]
    public void Groups_with_equal_members_share_one_array_and_unused_ones_are_forgotten()
    {
        var sets = new RecipientSets<string>();
        Roster<string> x = new(), y = new();
        UInt128? heldByX = null, heldByY = null;
        x.Join(Member(1, 1));
        x.Join(Member(2, 1));
        y.Join(Member(2, 1));
        y.Join(Member(1, 1));
        var shared = sets.Exchange(ref heldByX, x);
        Assert.Same(shared, sets.Exchange(ref heldByY, y));
        Assert.Equal(["1", "2"], shared);
        y.Leave(1, 1);
        Assert.Equal(["2"], sets.Exchange(ref heldByY, y));
        Assert.Same(shared, sets.Exchange(ref heldByX, x));
        sets.Release(ref heldByX);
        sets.Release(ref heldByY);
        Assert.NotSame(shared, sets.Exchange(ref heldByX, x));
    }

    private static RosterMember<string> Member(ulong client, ulong session) => new(client, session, $"name{client}", "server", $"{client}");
}
