using CsCheck;
using Msgc.Reactive.Groups;

namespace Msgc.Reactive.Tests.Groups;

public sealed class RosterTests
{
    [Fact]
    public void A_client_counts_once_under_its_highest_session()
    {
        var roster = new Roster();
        Assert.Equal(JoinOutcome.Joined, roster.Join(Member(1, 1)));
        Assert.Equal(JoinOutcome.Known, roster.Join(Member(1, 3)));
        Assert.Equal(JoinOutcome.Stale, roster.Join(Member(1, 2)));
        Assert.Equal(JoinOutcome.Moved, roster.Join(Member(1, 3, "other")));
        Assert.Equal(3UL, Assert.Single(roster.Members).Session);
        Assert.Null(roster.Leave(1, 2));
        Assert.NotNull(roster.Leave(1, 3));
        Assert.Empty(roster.Members);
    }

    [Fact]
    public void Digests_depend_on_the_set_alone() => Gen.ULong[1, 50].Array[0, 40].Sample(ids =>
    {
        var (there, back) = (new Roster(), new Roster());
        foreach (var id in ids) there.Join(Member(id, id % 3));
        foreach (var id in Enumerable.Range(1, 50)) back.Join(Member((ulong)id, 9));
        foreach (var id in Enumerable.Range(1, 50).Reverse()) back.Leave((ulong)id, 9);
        foreach (var id in ids.Reverse()) back.Join(Member(id, id % 3));
        return there.ViewId == back.ViewId
            && there.Members.Select(m => m.Client).Order().SequenceEqual(ids.Distinct().Order());
    });

    [Fact]
    public void Digests_of_different_sets_differ()
    {
        var seen = new HashSet<UInt128>();
        var roster = new Roster();
        Assert.True(seen.Add(roster.ViewId));
        for (var id = 1UL; id < 10_000; id++)
        {
            roster.Join(Member(id, 1));
            Assert.True(seen.Add(roster.ViewId));
            Assert.True(seen.Add(SetDigest.Of(id)) || id == 1);
        }
    }

    private static RosterMember Member(ulong client, ulong session, string server = "server") => new(client, session, $"name{client}", server);
}
