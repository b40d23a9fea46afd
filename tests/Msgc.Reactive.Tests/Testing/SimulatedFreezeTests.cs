using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>Hosts whose programs are stopped while their kernel goes on.</summary>
public sealed class SimulatedFreezeTests
{
    private const long Latency = NetworkFixture.Latency;
    private const long RoundTrip = NetworkFixture.RoundTrip;

    public static TheoryData<Clock> Both => [Clock.TestScheduler, Clock.VirtualScheduler];

    [Theory, MemberData(nameof(Both))]
    public void What_comes_due_on_a_frozen_host_happens_at_thaw_in_the_order_in_which_it_came_due(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var host = net.Network.SchedulerOf("a");
        var trace = new List<string>();
        host.Schedule(TimeSpan.FromTicks(30), () => Write("third"));
        host.Schedule(TimeSpan.FromTicks(10), () => Write("first"));
        host.Schedule(TimeSpan.FromTicks(20), () =>
        {
            Write("second");
            host.Schedule(() => Write("child"));
        });
        host.Schedule(TimeSpan.FromTicks(20), () => Write("cancelled")).Dispose();
        var late = host.Schedule(TimeSpan.FromTicks(25), () => Write("cancelled late"));
        host.Schedule(DateTimeOffset.MinValue.AddTicks(110), () => Write("after"));
        net.Network.SchedulerOf("b").Schedule(TimeSpan.FromTicks(15), () => Write("elsewhere"));
        net.Scheduler.AdvanceTo(5);
        net.Network.Freeze("a");
        host.Schedule(() => Write("now"));
        net.Scheduler.AdvanceTo(99);
        late.Dispose();
        Assert.Equal(["15 elsewhere"], trace);
        Assert.Equal(net.Scheduler.Now, host.Now);

        net.Network.Thaw("a");
        Assert.Single(trace);
        net.Scheduler.AdvanceTo(200);

        var thawed = 99 + net.Hop;
        Assert.Equal(
            ["15 elsewhere", $"{thawed} now", $"{thawed} first", $"{thawed} second", $"{thawed} third", $"{thawed + net.Hop} child", "110 after"], trace);

        void Write(string what) => trace.Add($"{net.Scheduler.Clock} {what}");
    }

    [Fact]
    public void What_comes_due_on_the_tick_of_the_thaw_waits_for_what_came_due_before()
    {
        var net = new NetworkFixture(Clock.VirtualScheduler);
        var host = net.Network.SchedulerOf("a");
        var trace = new List<string>();
        net.Network.Freeze("a");
        host.Schedule(TimeSpan.FromTicks(10), () => trace.Add("early"));
        net.Scheduler.Schedule(TimeSpan.FromTicks(20), () => net.Network.Thaw("a"));
        host.Schedule(TimeSpan.FromTicks(20), () => trace.Add("on the tick"));
        net.Scheduler.AdvanceTo(19);
        Assert.Empty(trace);
        net.Scheduler.AdvanceTo(20);

        Assert.Equal(["early", "on the tick"], trace);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_freeze_within_the_catching_up_stops_it_and_an_exception_does_not_lose_the_rest(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var host = net.Network.SchedulerOf("a");
        var trace = new List<string>();
        net.Network.Freeze("a");
        host.Schedule(() => net.Network.Freeze("a"));
        host.Schedule(() => throw new InvalidDataException("mine"));
        host.Schedule(() => trace.Add("rest"));
        net.Scheduler.AdvanceBy(10);
        net.Network.Thaw("a");
        net.Scheduler.AdvanceBy(10);

        net.Network.Thaw("a");
        Assert.Throws<InvalidDataException>(() => net.Scheduler.AdvanceBy(10));
        if (clock == Clock.TestScheduler) net.Scheduler.Stop();
        Assert.Empty(trace);
        net.Scheduler.AdvanceBy(10);
        Assert.Equal(["rest"], trace);
    }

    [Theory, MemberData(nameof(Both))]
    public void Work_that_waits_is_scheduled_work_in_all_else(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var host = net.Network.SchedulerOf("a");
        var disposed = 0;
        var trace = new List<long>();
        IDisposable Work(IScheduler scheduler, int state)
        {
            Assert.Same(host, scheduler);
            return Disposable.Create(() => disposed += state);
        }
        var running = host.Schedule(1, Work);
        net.Scheduler.AdvanceBy(10);
        net.Network.Freeze("a");
        var waiting = host.Schedule(2, Work);
        using var interval = Observable.Interval(TimeSpan.FromTicks(100), host).Subscribe(_ => trace.Add(net.Scheduler.Clock));
        net.Scheduler.AdvanceTo(350);
        net.Network.Thaw("a");
        net.Scheduler.AdvanceTo(1_000);
        Assert.NotEmpty(trace);
        Assert.True(trace[0] >= 350);
        Assert.Equal(0, disposed);
        running.Dispose();
        waiting.Dispose();

        Assert.Equal(3, disposed);
        Assert.Same(host, net.Network.SchedulerOf("a"));
    }

    [Theory, MemberData(nameof(Both))]
    public void The_kernel_of_a_frozen_host_accepts_and_receives_until_its_buffer_is_full_and_sends_what_it_has(Clock clock)
    {
        var net = new NetworkFixture(clock);
        net.Network.WindowBytes = 100;
        var (near, far) = net.Connect();
        far.Send(NetworkFixture.Bytes(300)); // 100 go, 100 are in the send buffer, 100 are the program's
        near.Connection.Pause();
        net.Scheduler.AdvanceBy(10);
        net.Network.Freeze("b");
        near.Connection.Resume();
        near.Send(NetworkFixture.Bytes(250)); // 100 arrive, 100 are in the send buffer
        var dialled = net.Dial();
        net.Scheduler.AdvanceBy(1_000 * Latency);
        Assert.Equal(200, near.Received.Count);
        Assert.Empty(near.SentAt);
        Assert.NotNull(dialled.Connection);
        Assert.Single(net.Accepted);
        Assert.Empty(far.Blocks);
        Assert.Empty(far.SentAt);
        Assert.Equal(0, net.Network.PendingActions);

        var thawed = net.Scheduler.Clock + net.Hop;
        net.Network.Thaw("b");
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal(2, net.Accepted.Count);
        Assert.Equal(NetworkFixture.Bytes(250), far.Received);
        Assert.Equal((thawed, 100), far.Blocks[0]);
        Assert.Equal([thawed + net.Hop], far.SentAt);
        Assert.Equal(NetworkFixture.Bytes(300), near.Received);
        Assert.Single(near.SentAt);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_frozen_host_hears_of_ends_at_thaw_and_not_of_what_has_no_meaning_any_more(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var closed = net.Connect();
        var broken = net.Connect();
        broken.Far.Send(NetworkFixture.Bytes(1)); // its OnSent is not due yet
        net.Network.Freeze("b");
        closed.Near.Send(NetworkFixture.Bytes(7));
        closed.Near.Connection.Abort(MsgcCause.Closed);
        broken.Near.Send(NetworkFixture.Bytes(7));
        net.Scheduler.AdvanceBy(2 * Latency);
        Assert.Equal(MsgcCause.Closed, closed.Near.End?.Cause);
        net.Network.Refuse("b"); // nothing of b's programs
        net.Network.BreakAfter("a", "b", 1);
        broken.Near.Send(NetworkFixture.Bytes(7, 7));
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal(MsgcCause.Transport, broken.Near.End?.Cause);
        Assert.Null(closed.Far.End);
        Assert.Null(broken.Far.End);

        var thawed = net.Scheduler.Clock + net.Hop;
        net.Network.Thaw("b");
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal([(thawed, 7)], closed.Far.Blocks);
        Assert.Equal((thawed + net.Hop, MsgcCause.Closed), closed.Far.End);
        Assert.Empty(broken.Far.Blocks);
        Assert.Empty(broken.Far.SentAt);
        Assert.Equal((thawed, MsgcCause.Transport), broken.Far.End);
        Assert.Equal((0, 0), (net.Network.Connections, net.Network.PendingActions));
    }

    [Theory, MemberData(nameof(Both))]
    public void A_frozen_dialler_learns_of_its_dials_at_thaw(Clock clock)
    {
        var net = new NetworkFixture(clock);
        var (connecting, refused, givenUp, givenUpRefused) = (net.Dial(), net.Dial("a", "b:9"), net.Dial(), net.Dial("a", "b:9"));
        net.Network.Freeze("a");
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal(2, net.Accepted.Count);
        Assert.Null(connecting.Time);
        Assert.Null(refused.Time);
        givenUp.Dispose();
        givenUpRefused.Dispose();

        var thawed = net.Scheduler.Clock + net.Hop;
        net.Network.Thaw("a");
        net.Scheduler.AdvanceBy(10 * Latency);
        Assert.Equal((thawed, thawed), (connecting.Time, refused.Time));
        Assert.NotNull(connecting.Connection);
        Assert.IsType<MsgcConnectionException>(refused.Error);
        Assert.Null(givenUp.Time);
        Assert.Null(givenUpRefused.Time);
    }

    [Theory, MemberData(nameof(Both))]
    public void A_listener_that_starts_on_a_host_that_freezes_accepts_at_thaw(Clock clock)
    {
        var net = new NetworkFixture(clock, listening: false);
        var listener = net.Network.Host("b").Listen(MsgcEndpoint.Parse("b:1"), new MsgcSocketOptions());
        net.Dial();
        net.Scheduler.AdvanceBy(RoundTrip);
        listener.Start(net.Accepted.Add);
        net.Network.Freeze("b");
        net.Scheduler.AdvanceBy(Latency);
        Assert.Empty(net.Accepted);

        net.Network.Thaw("b");
        net.Network.Thaw("b");
        net.Scheduler.AdvanceBy(10);
        Assert.Single(net.Accepted);
    }
}
