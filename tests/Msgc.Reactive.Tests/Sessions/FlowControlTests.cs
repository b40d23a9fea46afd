using System.Reactive.Linq;
using System.Threading.Channels;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>From a slow member back to the publisher. (contract, "§5")</summary>
public sealed class FlowControlTests
{
    [Fact]
    public void A_member_that_drains_a_quarter_per_stall_timeout_loses_nothing_however_fast_the_publisher()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        var seen = new List<long>();
        var gaps = new List<MsgcGap>();
        using var events = member.Group("x").Events.Subscribe(e =>
        {
            if (e.Gap is { } gap) gaps.Add(gap);
        });
        var reading = world.Simulation.Run(() => ReadAsync(world, member, 5, TimeSpan.FromMilliseconds(4), seen));
        world.Settle();
        var published = 0L;
        var publishing = world.Simulation.Run(() => PublishForeverAsync(publisher.Group("x"), 1000, () => published++));
        world.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(gaps);
        Assert.InRange(seen.Count, 74_000, 75_100);
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(n => (long)n), seen);
        Assert.InRange(published - seen.Count, 5000, 5000 + 2500 + 1000); // the publisher's queue, half of the server's, and what the windows hold
        Assert.False(reading.IsCompleted || publishing.IsCompleted);
    }

    [Fact]
    public void Frames_packed_before_the_server_was_given_a_smaller_backlog_arrive_all_the_same()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        var seen = new List<string>();
        using var subscription = member.Group("x").Subscribe(m => seen.Add(m.Text()));
        world.Settle();
        world.Network.SetBandwidth("server", "member", 500); // bytes a second: a frame is under way when the next one comes
        world.Server.Configure(world.Server.Options with { MaxBacklog = 8 });
        for (var i = 1; i <= 200; i++) publisher.Group("x").Publish($"{i}");
        world.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(Enumerable.Range(1, 200).Select(i => $"{i}"), seen);
    }

    [Fact]
    public void A_stuck_member_holds_the_others_up_once_for_one_stall_timeout_is_killed_and_comes_back_with_a_gap()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), healthy = world.Client("healthy"), stuck = world.Client("stuck");
        var arrivals = new List<long>();
        using var subscription = healthy.Group("x").Subscribe(_ => arrivals.Add(world.Scheduler.Clock));
        var states = new List<string>();
        using var watching = stuck.State.Subscribe(s => states.Add($"{s.Phase}"));
        var events = new List<string>();
        var stop = new CancellationTokenSource();
        using var stuckEvents = stuck.Group("x").Events.Where(e => e.View is null).Subscribe(e =>
        {
            if (e.Gap is not null || events.Count < 1) events.Add(e.Shown());
        });
        world.Settle();
        world.Network.Mute("stuck", "server");

        // 4,000 messages a second, steadily: 5,000 queue in little over a second.
        var publishing = world.Simulation.Run(() => PublishAsync(world, publisher.Group("x"), 4, TimeSpan.FromMilliseconds(1), stop.Token));
        world.Advance(TimeSpan.FromSeconds(20));
        stop.Cancel();
        world.Settle();

        var shifts = arrivals.Zip(arrivals.Skip(1), (a, b) => TimeSpan.FromTicks(b - a)).Where(d => d > TimeSpan.FromMilliseconds(100)).ToList();
        Assert.InRange(Assert.Single(shifts), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(1.01));
        world.Network.Unmute("stuck", "server");
        world.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(["Connecting", "Connected", "Lost", "Connected"], states);
        Assert.Contains("gap ConnectionLost", events);
        Assert.True(publishing.IsCanceled || publishing.IsCompletedSuccessfully);
    }

    [Fact]
    public void Twenty_six_feeders_at_full_speed_never_kill_a_healthy_member()
    {
        using var world = new World();
        world.Network.SetLatency(TimeSpan.FromMilliseconds(2));
        var member = world.Client("member");
        var lastBySender = new Dictionary<MsgcClientId, long>();
        var total = 0;
        var gaps = 0;
        using var subscription = member.Group("x").Events.Subscribe(e =>
        {
            if (e.Gap is not null) gaps++;
            if (!e.TryGetMessage(out var m)) return;
            lastBySender.TryGetValue(m.Sender, out var last);
            Assert.Equal(last + 1, m.Number);
            lastBySender[m.Sender] = m.Number;
            total++;
        });
        var lost = false;
        using var state = member.State.Subscribe(s => lost |= s.Phase == MsgcConnectionPhase.Lost);
        var publishers = Enumerable.Range(0, 26).Select(i => world.Client($"p{i}")).ToList();
        world.Settle();
        foreach (var publisher in publishers) world.Simulation.Run(() => PublishForeverAsync(publisher.Group("x"), 100, () => { }));
        world.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal((0, false, 26), (gaps, lost, lastBySender.Count));
        Assert.True(total > 50_000, $"only {total} arrived");
    }

    [Fact]
    public void A_run_that_waits_for_room_goes_to_who_has_joined_meanwhile()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), healthy = world.Client("healthy"), stuck = world.Client("stuck"), late = world.Client("late");
        var heard = 0L;
        var firstOfLate = 0L;
        using var one = healthy.Group("x").Subscribe(m => heard = m.Number);
        using var two = stuck.Group("x").Subscribe(_ => { });
        world.Settle();
        world.Network.Mute("stuck", "server");
        world.Simulation.Run(() => PublishForeverAsync(publisher.Group("x"), 1000, () => { }, 4000));
        world.Advance(TimeSpan.FromMilliseconds(500));
        var handled = heard;
        Assert.InRange(handled, 2000, 3500);
        using var three = late.Group("x").Subscribe(m => firstOfLate = firstOfLate == 0 ? m.Number : firstOfLate);
        var joined = late.Group("x").WhenJoinedAsync();
        world.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(joined.IsCompletedSuccessfully);
        Assert.Equal((handled, 0), (heard, firstOfLate));
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal((4000, handled + 1), (heard, firstOfLate));
    }

    [Fact]
    public void Limits_lowered_while_a_run_waits_hold_for_it()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), healthy = world.Client("healthy"), stuck = world.Client("stuck");
        var heard = 0L;
        using var one = healthy.Group("x").Subscribe(m => heard = m.Number);
        using var two = stuck.Group("x").Subscribe(_ => { });
        world.Settle();
        world.Network.Mute("stuck", "server");
        world.Simulation.Run(() => PublishForeverAsync(publisher.Group("x"), 1000, () => { }, 4000));
        world.Advance(TimeSpan.FromMilliseconds(500));
        Assert.InRange(heard, 2000, 3500);
        world.Server.Configure(world.Server.Options with { MaxBacklog = 100 });
        world.Network.Unmute("stuck", "server");
        world.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(4000, heard);
    }

    [Fact]
    public void Several_stuck_members_hold_a_feeder_up_once_not_one_after_the_other()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), healthy = world.Client("healthy");
        var stuck = Enumerable.Range(0, 5).Select(i => world.Client($"stuck{i}")).ToList();
        var arrivals = new List<long>();
        using var subscription = healthy.Group("x").Subscribe(_ => arrivals.Add(world.Scheduler.Clock));
        foreach (var member in stuck) member.Group("x").Subscribe(_ => { });
        world.Settle();
        foreach (var member in stuck) world.Network.Mute(member.Name, "server");
        var stop = new CancellationTokenSource();
        world.Simulation.Run(() => PublishAsync(world, publisher.Group("x"), 4, TimeSpan.FromMilliseconds(1), stop.Token));
        world.Advance(TimeSpan.FromSeconds(10));
        stop.Cancel();
        world.Settle();
        var held = arrivals.Zip(arrivals.Skip(1), (a, b) => TimeSpan.FromTicks(b - a)).Where(d => d > TimeSpan.FromMilliseconds(100)).Sum(d => d.TotalSeconds);
        Assert.InRange(held, 0.9, 1.05);
    }

    [Fact]
    public void Two_clients_that_answer_each_others_messages_with_waiting_queues_never_hang()
    {
        using var world = new World(server: o => o with { MaxBacklog = 400 });
        world.Network.SetLatency(TimeSpan.FromMilliseconds(10));
        world.Network.WindowBytes = 16 * 1024;
        MsgcClient a = world.Client("a"), b = world.Client("b");
        int fromA = 0, fromB = 0;
        async Task AnswerAsync(MsgcClient client, string hear, string say, Action count)
        {
            await foreach (var message in client.Group(hear).ReadAllAsync(capacity: 4))
            {
                count();
                await client.Group(say).PublishAsync(message.Payload);
                await client.Group(say).PublishAsync(message.Payload);
            }
        }

        world.Simulation.Run(() => AnswerAsync(a, "to a", "to b", () => fromB++));
        world.Simulation.Run(() => AnswerAsync(b, "to b", "to a", () => fromA++));
        world.Advance(TimeSpan.FromSeconds(1));
        a.Group("to b").Publish(new string('x', 200));
        var before = 0;
        for (var i = 0; i < 6; i++)
        {
            world.Advance(TimeSpan.FromSeconds(10));
            Assert.True(fromA + fromB > before, $"nothing moved for 10 s, after {before} answers");
            before = fromA + fromB;
        }
    }

    [Fact]
    public void A_waiting_observation_pauses_the_connection_and_the_publisher_feels_it()
    {
        using var world = new World(server: o => o with { MaxBacklog = 80, StallTimeout = TimeSpan.FromHours(1) });
        world.Network.WindowBytes = 4096;
        MsgcClient publisher = world.Client("publisher", o => o with { MaxBacklog = 80 }), member = world.Client("member");
        var seen = new List<long>();
        var open = new TaskCompletionSource();
        world.Settle();
        var reading = world.Simulation.Run(async () =>
        {
            await foreach (var message in member.Group("x").ReadAllAsync(capacity: 10))
            {
                seen.Add(message.Number);
                if (seen.Count == 1) await open.Task;
            }
        });
        world.Settle();
        var published = 0;
        world.Simulation.Run(() => PublishForeverAsync(publisher.Group("x"), 100, () => published++, 5000));
        world.Advance(TimeSpan.FromSeconds(30));
        var stopped = published;
        world.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(stopped, published);
        Assert.Single(seen);
        Assert.InRange(published, 100, 600);
        world.Simulation.Run(() =>
        {
            open.SetResult();
            return Task.CompletedTask;
        });
        world.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(5000, seen.Count);
        Assert.Equal(5000, seen[^1]);
    }

    private static async Task ReadAsync(World world, MsgcClient member, int count, TimeSpan every, List<long> seen)
    {
        await foreach (var message in member.Group("x").ReadAllAsync(capacity: 1))
        {
            seen.Add(message.Number);
            if (seen.Count % count == 0) await Task.Delay(every, world.Simulation.TimeProvider);
        }
    }

    private static async Task PublishForeverAsync(MsgcGroup group, int bytes, Action published, int count = int.MaxValue)
    {
        var payload = new byte[bytes];
        for (var i = 0; i < count; i++)
        {
            await group.PublishAsync(payload);
            published();
        }
    }

    private static async Task PublishAsync(World world, MsgcGroup group, int count, TimeSpan every, CancellationToken stop)
    {
        var payload = new byte[100];
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < count; i++) await group.PublishAsync(payload, stop);
            await Task.Delay(every, world.Simulation.TimeProvider, stop);
        }
    }
}
