using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Testing;
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
        held.OnMessage(Message("x", 50, 1));
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

        public Action Pausing { get; set; } = () => { };

        public bool IsPaused { get; private set; }

        public int Messages { get; private set; }

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

        public void OnMessage(ReadOnlySpan<byte> frame) => Messages++;

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
