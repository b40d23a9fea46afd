using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Tests.Framing;
using Msgc.Reactive.Transport;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>A client session's inbox has one reader at a time: the receiving thread, or while that is paused the client's turn.</summary>
public sealed class HeldReadingTests
{
    [Fact]
    public void An_observer_that_lets_go_between_the_last_frame_and_the_pause_does_not_let_two_read_at_once()
    {
        // The hold ends between two looks at it, as it can when the observer runs on another thread.
        var world = new Rig();
        world.Receive(Message("x", 50, 1), Message("x", 50, 2), Message("x", 50, 3));
        Assert.Equal(3, world.Messages);
        Assert.False(world.IsPaused);

        world.HeldAfter = 4; // held when the fourth was handled, and free again at every later look
        world.Receive(Message("x", 50, 4), Message("x", 50, 5));
        Assert.Equal(4, world.Messages);
        Assert.True(world.IsPaused); // so nobody receives while the turn goes on with the fifth
        world.Session.Continue();
        Assert.Equal(5, world.Messages);
        Assert.False(world.IsPaused);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void An_observer_that_holds_in_the_midst_of_a_frame_gets_the_rest_of_it_later_and_nothing_twice(int heldAfter)
    {
        var world = new Rig { HeldAfter = heldAfter };
        world.Receive(Wire.PackedOf(50, 7, "x", [1], [], [1, 2, 3]), Message("x", 50, 10));
        Assert.Equal(heldAfter, world.Messages);
        Assert.True(world.IsPaused);
        world.Session.Continue();
        Assert.Equal(["7 1", "8 0", "9 3", "10 25"], world.Heard);
        Assert.False(world.IsPaused);
    }

    [Fact]
    public void A_session_that_ends_in_the_midst_of_a_frame_brings_nothing_more()
    {
        var world = new Rig();
        world.Hearing = () => world.Session.Fail(MsgcCause.Closed, "");
        world.Receive(Wire.PackedOf(50, 7, "x", [1], [2], [3]));
        Assert.Equal(["7 1"], world.Heard);
    }

    [Fact]
    public void Several_messages_of_a_frame_are_held_one_by_one()
    {
        var world = new Rig();
        var limits = new BacklogLimits(8, 1 << 24);
        var dropped = new List<string>();
        var held = new HeldSide(world.Session, world, () => limits, (group, count) => dropped.Add($"{System.Text.Encoding.UTF8.GetString(group!)} {count}"));
        world.Session.Side = held;
        world.Receive(Wire.PackedOf(50, 1, "x", [], [1], [], [], []), Wire.PackedOf(50, 6, "x", [], [], [], [1], []));
        Assert.Empty(world.Heard);
        held.Release();
        Assert.Equal(["1 0", "2 1", "3 0", "4 0", "5 0", "6 0", "7 0", "8 0"], world.Heard);
        Assert.Equal(["x 2"], dropped);
    }

    [Fact]
    public void A_late_word_of_a_release_does_not_touch_the_inbox_of_a_connection_that_is_read()
    {
        var world = new Rig();
        world.Feed(Message("x", 50, 1)); // in the inbox, its block not handled yet: the receiving thread's
        world.Session.Continue();
        Assert.Equal(0, world.Messages);
    }

    [Fact]
    public void A_turn_that_resumes_while_another_thread_is_about_to_pause_does_not_leave_the_reading_paused()
    {
        var world = new Rig();
        Assert.True(world.Turn.TryEnter()); // somebody's turn is under way
        world.Pausing = world.Session.Continue; // and goes on with what was received, as it does after a release
        world.Receive(Message("x", 50, 1));
        world.Turn.Exit();
        world.Scheduler.AdvanceBy(1);
        Assert.Equal((1, false), (world.Messages, world.IsPaused));
    }

    [Fact]
    public void What_a_lost_session_has_brought_and_nobody_has_taken_is_not_released()
    {
        var world = new Rig();
        var held = new HeldSide(world.Session, world, () => new BacklogLimits(5000, 1 << 24), (_, _) => { });
        held.OnMessages(world.Session, Message("x", 50, 1), 0);
        world.Session.Fail(MsgcCause.Closed, "");
        held.Release();
        Assert.Equal(0, world.Messages);
    }

    private sealed class Rig : IMsgcConnection, IClientSide
    {
        public Rig()
        {
            var dispatcher = new Dispatcher(Scheduler);
            Turn = new Turn(dispatcher);
            var pool = new BlockPool();
            var queue = new PublishQueue(dispatcher, pool, 1, () => new BacklogLimits(5000, 1 << 24), 1 << 20);
            Session = new ClientSession(
                this, dispatcher, pool, Turn, this, queue, Hello(), new SessionRules(() => Sec(30), () => Sec(5), () => 20))
            {
                Endpoint = MsgcEndpoint.Parse("far:1"),
            };
        }

        public VirtualScheduler Scheduler { get; } = new();

        public Turn Turn { get; }

        public ClientSession Session { get; }

        public Action Hearing { get; set; } = () => { };

        public Action Pausing { get; set; } = () => { };

        public bool IsPaused { get; private set; }

        public int Messages { get; private set; }

        public List<string> Heard { get; } = [];

        public int HeldAfter { get; set; } = int.MaxValue;

        public string RemoteAddress => "far:1";

        public bool IsHeld
        {
            get
            {
                if (Messages < HeldAfter) return false;
                HeldAfter = int.MaxValue;
                return true;
            }
        }

        public void Receive(params byte[][] frames)
        {
            Feed(frames);
            Session.Handle();
        }

        public void Feed(params byte[][] frames)
        {
            foreach (var frame in frames)
            {
                frame.CopyTo(Session.GetBuffer());
                Session.OnReceived(frame.Length);
            }
        }

        public void OnBlock()
        {
        }

        public int OnMessages(ClientSession session, ReadOnlySpan<byte> frame, int first)
        {
            var payloads = Wire.PayloadsOf(frame);
            while (true)
            {
                Messages++;
                Heard.Add($"{MessageFrame.Number(frame) + (ulong)first} {payloads[first].Length}");
                Hearing();
                if (++first == payloads.Count || IsHeld || session.End is not null) return first;
            }
        }

        public void OnJoined(ClientSession session, ReadOnlySpan<byte> group, bool isComplete)
        {
        }

        public void OnLeft(ClientSession session, ReadOnlySpan<byte> group)
        {
        }

        public void OnLinkGap(string server)
        {
        }

        public void OnDraining(ClientSession session)
        {
        }

        public void OnDrained(ClientSession session)
        {
        }

        public void OnReleased()
        {
        }

        public void OnView(ReadOnlySpan<byte> group, bool first, bool last, bool snapshot, UInt128 viewId, MsgcViewCause cause, List<ViewEntry> entries)
        {
        }

        public void Start(IMsgcConnectionHandler handler)
        {
        }

        public void Pause()
        {
            Pausing();
            IsPaused = true;
        }

        public void Resume() => IsPaused = false;

        public void Send(IList<ArraySegment<byte>> batch)
        {
        }

        public void Abort(MsgcCause cause)
        {
        }
    }
}
