using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using static Msgc.Reactive.Tests.Sessions.MoveRig;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>What a client that moves is told of views and of links. (contract, "§4" and "§6")</summary>
public sealed class MoveViewTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_move_is_one_view_with_nobody_joined_or_left_whoever_tells_it(bool oldServerTells)
    {
        using var rig = new MoveRig();
        var views = new List<MsgcView>();
        using var watching = rig.Client.Group("x").Membership.Subscribe(views.Add);
        rig.Send(rig.OnA, View("x", MsgcViewCause.Current, true, Me("a"), Other("c")));
        rig.Drain();
        rig.Acknowledge(rig.OnB);
        if (oldServerTells) rig.Send(rig.OnA, View("x", MsgcViewCause.Shutdown, false, Me("b", ViewEntryKind.Moved)));
        rig.AcknowledgeFlush(rig.OnA);
        rig.Send(rig.OnB, View("x", MsgcViewCause.Current, true, Me("b"), Other("c")));
        Assert.Equal(2, views.Count);
        Assert.Equal((MsgcViewCause.Shutdown, 0, 0), (views[1].Cause, views[1].Joined.Count, views[1].Left.Count));
        Assert.Equal(["b", "c"], views[1].Members.Select(m => m.ServerName));
        rig.Send(rig.OnB, View("x", MsgcViewCause.Leave, false, Other("c", ViewEntryKind.Left)));
        Assert.Equal(MsgcViewCause.Leave, views[2].Cause);
    }

    [Fact]
    public void A_snapshot_that_differs_in_nothing_makes_no_view()
    {
        using var rig = new MoveRig();
        rig.Send(rig.OnA, View("x", MsgcViewCause.Current, true, Other("c")));
        rig.Move();
        rig.Send(rig.OnB, View("x", MsgcViewCause.Current, true, Other("c")));
        Assert.Single(rig.Seen);
        // and the one after it is an ordinary one again
        rig.Send(rig.OnB, View("x", MsgcViewCause.Current, true, Other("d")));
        Assert.Equal("x  [other] Current", rig.Seen[1]);
    }

    [Fact]
    public void A_snapshot_with_somebody_new_tells_who()
    {
        using var rig = new MoveRig();
        rig.Send(rig.OnA, View("x", MsgcViewCause.Current, true, Me("a")));
        rig.Move();
        rig.Send(rig.OnB, View("x", MsgcViewCause.Current, true, Me("b"), Other("b")));
        Assert.Equal(["x +me [me] Current", "x +other [me other] Current"], rig.Seen);
    }

    [Fact]
    public void Views_go_on_from_the_old_server_and_a_watch_made_after_the_leave_begins_at_the_next()
    {
        using var rig = new MoveRig();
        rig.Send(rig.OnA, View("x", MsgcViewCause.Current, true, Me("a")));
        rig.Drain();
        rig.Acknowledge(rig.OnB);
        using var late = rig.Client.Group("z").Membership.Subscribe(v => rig.Seen.Add($"z {v.Shown()}"));
        rig.Send(rig.OnA, View("x", MsgcViewCause.Join, false, Other("a", ViewEntryKind.Joined)));
        Assert.DoesNotContain("z", Heard(rig.OnA), StringComparison.Ordinal);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal("Join:x Rejoined Watch:x Watch:z", Heard(rig.OnB));
        rig.Send(rig.OnB, View("z", MsgcViewCause.Current, true, Other("b")));
        Assert.Equal(["x +me [me] Current", "x +other [me other] Join", "z +other [other] Current"], rig.Seen);
    }

    [Fact]
    public void A_gap_of_a_link_is_told_to_each_group_whose_join_stands_in_its_place()
    {
        using var rig = new MoveRig(groups: "x y");
        using var pending = rig.Subscribe("pending");
        using var watched = rig.Client.Group("z").Membership.Subscribe(_ => { });
        rig.World.Settle();
        rig.Send(rig.OnA, Number(1), Frames.LinkGap("far ü"), Number(2));
        Assert.Equal(["x 1", "x gap LinkLost far ü", "y gap LinkLost far ü", "x 2"], rig.Seen);
    }

    [Fact]
    public void A_gap_of_a_link_of_the_next_server_is_held_in_its_place_and_one_of_the_old_is_told_at_once()
    {
        using var rig = new MoveRig();
        rig.Drain();
        rig.Send(rig.OnB, Number(2), Frames.LinkGap("far from b"), Number(3));
        rig.Send(rig.OnA, Frames.LinkGap("far from a"), Number(1));
        rig.Acknowledge(rig.OnB);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(["x gap LinkLost far from a", "x 1", "x 2", "x gap LinkLost far from b", "x 3"], rig.Seen);
    }

    [Fact]
    public void A_gap_of_a_link_that_finds_no_room_makes_the_overflow_one_without_a_count()
    {
        using var rig = new MoveRig(groups: "x y", change: o => o with { MaxBacklog = 8 });
        rig.Drain();
        for (var i = 1; i <= 9; i++) rig.OnB.Send(Number(i));
        rig.Send(rig.OnB, Frames.LinkGap("far"));
        rig.Acknowledge(rig.OnB);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(["x gap Overflow", "y gap Overflow"], rig.Seen.Skip(8));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\tb")]
    public void A_gap_of_a_link_to_no_server_is_an_error_of_the_protocol(string name)
    {
        using var rig = new MoveRig();
        rig.Send(rig.OnA, Frames.LinkGap(name));
        Assert.Equal("Lost a Protocol", rig.States[^2]);
    }

    private static ViewEntry Me(string server, ViewEntryKind kind = ViewEntryKind.Present) => new(kind, 1, 1, "me", server);

    private static ViewEntry Other(string server, ViewEntryKind kind = ViewEntryKind.Present) => new(kind, 2, 1, "other", server);
}
