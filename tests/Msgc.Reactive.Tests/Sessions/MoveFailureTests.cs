using Msgc.Reactive.Framing;
using static Msgc.Reactive.Tests.Sessions.MoveRig;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>What a move costs when one of the servers is lost during it, and when there is nowhere to go. (contract, "§6")</summary>
public sealed class MoveFailureTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_old_server_lost_before_or_after_the_leave_is_a_loss_behind_which_comes_what_was_held(bool isCut)
    {
        using var rig = new MoveRig();
        rig.Publish("x", 2);
        rig.Send(rig.OnA, Frames.Number(FrameKind.Handled, 1), Number(1));
        var flushed = rig.Client.FlushAsync();
        rig.World.Settle();
        rig.Drain();
        rig.Send(rig.OnB, Number(1), Number(2));
        if (isCut) rig.Acknowledge(rig.OnB);
        rig.Publish("x", isCut ? 1 : 0);
        rig.World.Network.Break("me", "a");
        rig.World.Settle();
        Assert.Equal(["x 1", "x gap ConnectionLost a", "x 2"], rig.Seen);
        Assert.Equal(["Connecting", "Connected a", "Lost a Transport 1", "Connected b"], rig.States);
        Assert.Equal(["PublishLost 1"], rig.Diagnostics);
        Assert.Equal(1, Assert.IsType<MsgcLostException>(flushed.Exception!.InnerException).Count);
        Assert.Equal($"Join:x Rejoined{(isCut ? " 3" : "")} Watch:x", Heard(rig.OnB));
        rig.Acknowledge(rig.OnB);
        Assert.True(rig.Client.Group("x").WhenJoinedAsync().IsCompletedSuccessfully);
        rig.Send(rig.OnB, Number(3));
        Assert.Equal("x 3", rig.Seen[^1]);
        rig.World.Advance(Sec(20));
        Assert.Single(rig.A.Wires);
        Assert.Empty(rig.C.Wires);
    }

    [Fact]
    public void The_old_server_lost_while_no_next_one_is_there_yet_is_a_loss_like_others()
    {
        using var rig = new MoveRig("a");
        rig.World.Network.Refuse("b");
        rig.Client.Configure(rig.Client.Options with { Servers = ["a:4809", "b:4809"] });
        rig.Drain();
        Assert.Equal("Join:x Watch:x Rejoined", Heard(rig.OnA)); // it stays until the server ends it
        rig.Publish("x", 1);
        rig.World.Advance(Sec(3));
        rig.OnA.Close();
        rig.World.Settle();
        Assert.Equal(["x gap ConnectionLost a"], rig.Seen);
        Assert.Equal(["Connecting", "Connected a", "Lost a Closed 1"], rig.States); // b's refusals while a lived are nobody's state
        rig.World.Network.Accept("b");
        rig.World.Advance(Sec(3));
        Assert.Equal("Connected b", rig.States[^1]);
        Assert.Equal("Join:x Watch:x Rejoined", Heard(rig.OnB));
    }

    [Fact]
    public void The_next_server_lost_before_the_leave_costs_nothing_and_the_one_after_it_is_tried()
    {
        using var rig = new MoveRig();
        rig.Drain();
        rig.Send(rig.OnB, Number(1), Number(2), Number(7, sender: 2));
        rig.OnB.Close();
        rig.World.Settle();
        Assert.Equal("Join:x Rejoined", Heard(rig.OnC));
        rig.Publish("x", 1);
        Assert.EndsWith("Rejoined 1", Heard(rig.OnA), StringComparison.Ordinal);
        rig.Send(rig.OnA, Number(1));
        rig.Send(rig.OnC, Number(1), Number(2));
        rig.Acknowledge(rig.OnC);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(["x 1", "x 2"], rig.Seen); // what only b had told is b's
        Assert.Equal(["Connecting", "Connected a", "Connected c"], rig.States);
    }

    [Fact]
    public void A_join_that_stands_on_both_makes_no_gap_when_the_next_server_is_lost()
    {
        using var rig = new MoveRig("a b", groups: "x y");
        rig.Drain();
        rig.Send(rig.OnB, Named(FrameKind.JoinAck, "x"));
        rig.OnB.Close();
        rig.World.Settle();
        Assert.Empty(rig.Seen);
        Assert.Empty(rig.OnA.Of(FrameKind.Leave));
    }

    [Fact]
    public void A_group_left_after_the_next_server_was_lost_is_not_waited_for_at_the_one_after_it()
    {
        using var rig = new MoveRig("a b", groups: "x");
        var y = rig.Subscribe("y");
        rig.World.Settle();
        rig.Acknowledge(rig.OnA);
        rig.Drain();
        rig.OnB.Close();
        rig.World.Settle();
        y.Dispose();
        rig.World.Advance(Sec(6));
        rig.Acknowledge(rig.OnB);
        Assert.EndsWith("Leave:y Unwatch:y Leave:x Flush0", Heard(rig.OnA), StringComparison.Ordinal);
    }

    [Fact]
    public void What_stood_at_the_next_server_alone_has_its_gap_when_that_is_lost_after_the_leave()
    {
        using var rig = new MoveRig("a b c", groups: "x");
        rig.Drain();
        using var y = rig.Subscribe("y");
        rig.World.Settle();
        rig.Acknowledge(rig.OnB);
        Assert.True(rig.Client.Group("y").WhenJoinedAsync().IsCompletedSuccessfully);
        rig.OnB.Close();
        rig.World.Settle();
        Assert.Equal(["x gap ConnectionLost b", "y gap ConnectionLost b"], rig.Seen.Order());
        Assert.False(rig.Client.Group("y").WhenJoinedAsync().IsCompleted);
    }

    [Fact]
    public void What_was_joined_at_a_next_server_that_is_lost_is_joined_at_the_old_one_with_a_gap_if_it_stood()
    {
        using var rig = new MoveRig("a b", o => o with { DrainTimeout = TimeSpan.FromMinutes(1) });
        rig.Drain();
        using var y = rig.Subscribe("y");
        using var z = rig.Subscribe("z");
        var (yJoined, zJoined) = (rig.Client.Group("y").WhenJoinedAsync(), rig.Client.Group("z").WhenJoinedAsync());
        rig.Send(rig.OnB, Named(FrameKind.JoinAck, "y"));
        Assert.True(yJoined.IsCompletedSuccessfully);
        rig.World.Network.Refuse("b");
        rig.OnB.Close();
        rig.World.Settle();
        Assert.Equal(["y gap ConnectionLost b"], rig.Seen);
        Assert.Equal("Join:x Watch:x Rejoined Watch:y Watch:z Join:y Join:z", Heard(rig.OnA));
        Assert.False(zJoined.IsCompleted);
        rig.Acknowledge(rig.OnA);
        Assert.True(zJoined.IsCompletedSuccessfully);
        rig.Send(rig.OnA, Number(1, "y"), Number(1, "z"));
        Assert.Equal(["y gap ConnectionLost b", "y 1", "z 1"], rig.Seen);
        Assert.Equal(["Connecting", "Connected a"], rig.States);
        rig.World.Network.Accept("b");
        rig.World.Advance(Sec(11));
        Assert.Equal("Join:x Join:y Join:z Rejoined", Heard(rig.OnB));
    }

    [Fact]
    public void The_next_server_lost_after_the_leave_takes_the_old_session_with_it()
    {
        using var rig = new MoveRig(groups: "x y");
        rig.Publish("x", 3);
        rig.Drain();
        rig.Acknowledge(rig.OnB);
        rig.Send(rig.OnB, Number(1));
        rig.Publish("x", 1);
        rig.OnB.Close();
        rig.World.Settle();
        Assert.Equal(["x gap ConnectionLost b", "y gap ConnectionLost b"], rig.Seen);
        Assert.Equal(MsgcCause.Closed, rig.OnA.End!.Value.Cause);
        Assert.Equal(["Connecting", "Connected a", "Lost a Closed 3", "Connected c"], rig.States);
        Assert.Equal("Join:x Watch:x Join:y Watch:y Rejoined 4", Heard(rig.OnC));
        Assert.Equal(["PublishLost 3"], rig.Diagnostics);
        rig.Acknowledge(rig.OnC);
        rig.Send(rig.OnC, Number(2));
        Assert.Equal("x 2", rig.Seen[^1]);
    }

    [Fact]
    public void With_no_other_server_it_leaves_flushes_takes_what_comes_until_the_answer_and_ends_with_Draining()
    {
        using var rig = new MoveRig("a", groups: "x y");
        rig.Publish("x", 2);
        rig.Drain();
        Assert.Equal("Join:x Watch:x Join:y Watch:y Rejoined 1 2 Leave:x Leave:y Flush0", Heard(rig.OnA));
        rig.Publish("x", 2);
        using var z = rig.Subscribe("z");
        rig.Send(rig.OnA, Number(1), Number(2));
        Assert.DoesNotContain("z", Heard(rig.OnA), StringComparison.Ordinal);
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Equal(["x 1", "x 2", "x gap ConnectionLost a", "y gap ConnectionLost a"], rig.Seen);
        Assert.Equal(["Connecting", "Connected a", "Lost a Draining"], rig.States);
        rig.World.Advance(Sec(5));
        Assert.Equal("Connected a", rig.States[^1]);
        Assert.Equal("Join:x Watch:x Join:y Watch:y Join:z Watch:z Rejoined 3 4", Heard(rig.OnA));
        Assert.Empty(rig.Diagnostics);
    }

    [Fact]
    public void With_no_other_server_a_group_left_meanwhile_is_deaf_at_once()
    {
        using var rig = new MoveRig("a", groups: "");
        var x = rig.Subscribe("x");
        rig.World.Settle();
        rig.Acknowledge(rig.OnA);
        rig.Drain();
        x.Dispose();
        using var again = rig.Subscribe("x");
        rig.Send(rig.OnA, Number(1));
        Assert.Equal("Rejoined Join:x Watch:x Leave:x Flush0".Split(' ').Order(), Heard(rig.OnA).Split(' ').Order());
        rig.AcknowledgeFlush(rig.OnA);
        Assert.Empty(rig.Seen);
        Assert.Equal("Lost a Draining", rig.States[^1]);
    }

    [Fact]
    public void With_no_other_server_an_end_before_the_answer_is_a_loss_like_others()
    {
        using var rig = new MoveRig("a");
        rig.Publish("x", 2);
        rig.Drain();
        rig.OnA.Close();
        rig.World.Settle();
        Assert.Equal(["x gap ConnectionLost a"], rig.Seen);
        Assert.Equal("Lost a Closed 2", rig.States[^1]);
    }

    [Fact]
    public void A_server_taken_off_the_list_is_left_at_once_and_what_the_next_one_brought_is_kept()
    {
        using var rig = new MoveRig();
        rig.Drain();
        rig.Send(rig.OnB, Number(1));
        rig.Client.Configure(rig.Client.Options with { Servers = ["b:4809", "c:4809"] });
        rig.World.Settle();
        Assert.Equal(["x gap ConnectionLost a", "x 1"], rig.Seen);
        Assert.Equal(["Connecting", "Connected a", "Lost a Closed", "Connected b"], rig.States);
        Assert.Equal("Join:x Rejoined Watch:x", Heard(rig.OnB));
    }

    [Fact]
    public void A_next_server_taken_off_the_list_is_given_up_for_another()
    {
        using var rig = new MoveRig();
        rig.Drain();
        rig.Send(rig.OnB, Number(1));
        rig.Client.Configure(rig.Client.Options with { Servers = ["a:4809", "c:4809"] });
        rig.World.Settle();
        Assert.Equal("Join:x Rejoined", Heard(rig.OnC));
        Assert.Empty(rig.Seen);
    }

    [Fact]
    public void A_changed_local_address_ends_both_sessions()
    {
        using var rig = new MoveRig();
        rig.Drain();
        rig.Acknowledge(rig.OnB);
        rig.Client.Configure(rig.Client.Options with { BindAddress = "me" });
        rig.World.Settle();
        Assert.Equal(MsgcCause.Closed, rig.A.Wires[0].End!.Value.Cause);
        Assert.Equal(MsgcCause.Closed, rig.B.Wires[0].End!.Value.Cause);
        Assert.StartsWith("x gap ConnectionLost", rig.Seen[0], StringComparison.Ordinal);
        Assert.StartsWith("Connected", rig.States[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_next_server_that_refuses_for_good_ends_the_client()
    {
        using var world = new World(server: o => o with { Authorize = _ => "no" });
        var a = new RawServer(world, "a", Welcome());
        var client = world.Client("me", o => o with { Servers = ["a:4809", "server:4809"] });
        Exception? error = null;
        client.Group("x").Subscribe(_ => { }, e => error = e);
        world.Settle();
        a.Tap.Send(Frames.Bare(FrameKind.Draining));
        world.Settle();
        Assert.IsType<MsgcRefusedException>(error);
        Assert.Equal(0, world.Network.Connections);
    }
}
