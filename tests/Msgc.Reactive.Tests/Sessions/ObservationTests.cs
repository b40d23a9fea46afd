using System.Reactive.Linq;
using System.Threading.Channels;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Bounded observation at the source: what waits, what drops, and what is told of it. (contract, "§5")</summary>
public sealed class ObservationTests
{
    [Theory]
    [InlineData(40, 20)] // half is reached by the first turn of 20
    [InlineData(42, 40)] // 22 still wait after it
    [InlineData(1, 1)]
    public void Wait_pauses_the_connection_at_exactly_its_capacity_and_resumes_at_half(int capacity, int takenBeforeResuming)
    {
        // The plain subscription shows what the client has read so far: the reading is one for all groups.
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler) { IsClosed = true };
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        List<string> slow = [], plain = [], other = [];
        using var one = member.Group("x").Observe(capacity, BoundedChannelFullMode.Wait).Subscribe(m => slow.Add(m.Text()));
        using var two = member.Group("x").Subscribe(m => plain.Add(m.Text()));
        using var three = member.Group("y").Subscribe(m => other.Add(m.Text()));
        world.Settle();
        for (var i = 1; i <= 100; i++) publisher.Group("x").Publish($"{i}");
        publisher.Group("y").Publish("behind");
        world.Advance(Sec(60));
        Assert.Equal(capacity, plain.Count);
        Assert.Empty(slow);
        Assert.Empty(other);
        while (plain.Count == capacity)
        {
            Assert.True(slow.Count < takenBeforeResuming);
            gate.Step();
            world.Settle();
        }
        Assert.Equal(takenBeforeResuming, slow.Count);
        gate.Open();
        world.Settle();
        Assert.Equal(Enumerable.Range(1, 100).Select(i => $"{i}"), slow);
        Assert.Equal(slow, plain);
        Assert.Equal(["behind"], other);
    }

    [Fact]
    public void Reading_all_pauses_at_exactly_its_capacity_and_resumes_when_half_is_read()
    {
        using var world = new World();
        MsgcClient member = world.Client("m"), publisher = world.Client("p");
        List<string> read = [], plain = [];
        var reading = world.Simulation.Run(async () =>
        {
            await foreach (var message in member.Group("x").ReadAllAsync(capacity: 10))
            {
                read.Add(message.Text());
                await Task.Delay(Sec(10), world.Simulation.TimeProvider);
            }
        });
        using var two = member.Group("x").Subscribe(m => plain.Add(m.Text()));
        world.Settle();
        for (var i = 1; i <= 40; i++) publisher.Group("x").Publish($"{i}");
        world.Settle();
        var counts = new List<(int, int)>();
        for (var i = 0; i < 12; i++)
        {
            counts.Add((read.Count, plain.Count));
            world.Advance(Sec(10));
        }
        // The loop takes one each 10 s of the 10 that wait at first; when it takes the fifth 5 are left, and 5 more are read.
        Assert.Equal([(1, 10), (2, 10), (3, 10), (4, 10), (5, 15), (6, 15)], counts.Take(6));
        Assert.Equal([(9, 15), (10, 20)], counts[8..10]);
        world.Advance(Sec(400));
        Assert.Equal(Enumerable.Range(1, 40).Select(i => $"{i}"), read);
        Assert.False(reading.IsCompleted);
        member.Dispose();
        world.Settle();
        Assert.True(reading.IsCompletedSuccessfully);
    }

    [Fact]
    public void Reading_all_joins_when_it_begins_and_leaves_when_it_ends_or_is_cancelled()
    {
        using var world = new World();
        MsgcClient member = world.Client("m"), publisher = world.Client("p");
        var views = new List<string>();
        using var watching = publisher.Group("x").Membership.Subscribe(v => views.Add(v.Shown()));
        using var cancel = new CancellationTokenSource();
        var all = member.Group("x").ReadAllAsync(cancellationToken: cancel.Token);
        world.Settle();
        var seen = new List<string>();
        var two = world.Simulation.Run(async () =>
        {
            await foreach (var message in member.Group("x").ReadAllAsync())
            {
                seen.Add(message.Text());
                if (seen.Count == 2) break;
            }
        });
        world.Settle();
        for (var i = 1; i <= 3; i++) publisher.Group("x").Publish($"{i}");
        world.Settle();
        Assert.True(two.IsCompletedSuccessfully);
        Assert.Equal(["1", "2"], seen);
        Assert.Equal([" [] Current", "+m [m] Join", "-m [] Leave"], views);

        var cancelled = world.Simulation.Run(async () =>
        {
            await foreach (var message in all) { }
        });
        world.Settle();
        cancel.Cancel();
        world.Settle();
        Assert.True(cancelled.IsCanceled);
        Assert.Equal(["+m [m] Join", "-m [] Leave"], views.Skip(3));
    }

    [Fact]
    public void A_reader_that_stops_while_it_holds_the_reading_lets_it_go()
    {
        using var world = new World();
        MsgcClient member = world.Client("m"), publisher = world.Client("p");
        var plain = new List<string>();
        using var two = member.Group("x").Subscribe(m => plain.Add(m.Text()));
        using var cancel = new CancellationTokenSource();
        var reading = world.Simulation.Run(async () =>
        {
            await foreach (var message in member.Group("x").ReadAllAsync(5, cancel.Token)) await Task.Delay(Sec(1000), world.Simulation.TimeProvider, cancel.Token);
        });
        world.Settle();
        for (var i = 1; i <= 40; i++) publisher.Group("x").Publish($"{i}");
        world.Advance(Sec(3));
        Assert.InRange(plain.Count, 5, 6);
        cancel.Cancel();
        world.Settle();
        Assert.True(reading.IsCanceled);
        Assert.Equal(40, plain.Count);
    }

    [Fact]
    public void While_reading_is_paused_keepalives_go_on_and_neither_end_closes()
    {
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler) { IsClosed = true };
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        var states = world.Watch(member);
        var seen = new List<string>();
        using var one = member.Group("x").Observe(10, BoundedChannelFullMode.Wait).Subscribe(m => seen.Add(m.Text()));
        world.Settle();
        for (var i = 1; i <= 100; i++) publisher.Group("x").Publish($"{i}");
        world.Settle();
        var noOps = new List<long>();
        using var sent = world.Network.Events.Where(e => e.Kind == NetworkEventKind.Sent && e.From == "m").Subscribe(e => noOps.Add(e.Ticks));
        world.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(120, noOps.Count);
        Assert.All(noOps.Zip(noOps.Skip(1)), pair => Assert.Equal(Ticks(5), pair.Second - pair.First));
        gate.Open();
        world.Advance(Sec(40));
        Assert.Equal(100, seen.Count);
        Assert.Equal(2, states.Count);
    }

    [Fact]
    public void Two_observers_that_wait_hold_the_reading_until_both_have_room()
    {
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler) { IsClosed = true };
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        var plain = new List<string>();
        using var one = member.Group("x").Observe(5, BoundedChannelFullMode.Wait).Subscribe(_ => { });
        using var two = member.Group("x").ObserveEvents(5, BoundedChannelFullMode.Wait).Where(e => e.View is null).Subscribe(_ => { });
        using var three = member.Group("x").Subscribe(m => plain.Add(m.Text()));
        world.Settle();
        while (gate.Held > 0)
        {
            gate.Step(); // the first view
            world.Settle();
        }
        for (var i = 1; i <= 9; i++) publisher.Group("x").Publish($"{i}");
        world.Settle();
        Assert.Equal((5, 2), (plain.Count, gate.Held));
        gate.Step();
        world.Settle();
        Assert.Equal(5, plain.Count);
        gate.Open();
        world.Settle();
        Assert.Equal(9, plain.Count);
    }

    [Theory]
    [InlineData(BoundedChannelFullMode.DropOldest, "6 7 8")]
    [InlineData(BoundedChannelFullMode.DropNewest, "1 2 8")]
    [InlineData(BoundedChannelFullMode.DropWrite, "1 2 3")]
    public void What_drops_keeps_exactly_what_its_mode_says_and_counts_the_rest(BoundedChannelFullMode mode, string kept)
    {
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler) { IsClosed = true };
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        List<string> slow = [], plain = [];
        var reports = new List<MsgcDiagnostic>();
        using var diagnostics = member.Diagnostics.Subscribe(reports.Add);
        using var one = member.Group("x").Observe(3, mode).Subscribe(m => slow.Add(m.Text()));
        using var two = member.Group("x").Subscribe(m => plain.Add(m.Text()));
        world.Settle();
        for (var i = 1; i <= 8; i++) publisher.Group("x").Publish($"{i}");
        world.Settle();
        Assert.Equal(8, plain.Count); // nobody else is kept waiting
        Assert.Equal(5, reports.Sum(r => r.Count));
        Assert.All(reports, r => Assert.Equal((MsgcDiagnosticKind.ObservationDropped, "x"), (r.Kind, r.Group)));
        gate.Open();
        world.Settle();
        publisher.Group("x").Publish("9");
        world.Settle();
        Assert.Equal($"{kept} 9", string.Join(' ', slow));
        Assert.Equal(5, reports.Sum(r => r.Count));
    }

    [Theory]
    [InlineData(BoundedChannelFullMode.DropOldest, "gap Overflow 5,6,7,8")]
    [InlineData(BoundedChannelFullMode.DropNewest, "1,2,gap Overflow 5,8")]
    [InlineData(BoundedChannelFullMode.DropWrite, "1,2,3,gap Overflow 5")]
    public void Events_that_are_dropped_become_a_gap_with_their_count_in_their_place(BoundedChannelFullMode mode, string expected)
    {
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler);
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        var slow = new List<string>();
        using var one = member.Group("x").ObserveEvents(3, mode).Subscribe(e => slow.Add(e.Shown()));
        world.Settle();
        Assert.Equal("+m [m] Current", slow[^1]);
        slow.Clear();
        gate.IsClosed = true;
        for (var i = 1; i <= 8; i++) publisher.Group("x").Publish($"{i}");
        world.Settle();
        gate.Open();
        world.Settle();
        publisher.Group("x").Publish("9");
        world.Settle();
        Assert.Equal($"{expected},9", string.Join(',', slow));
    }

    [Theory]
    [InlineData(BoundedChannelFullMode.DropOldest, "gap Overflow 6,m2")] // 1, the gap of 4 and m1
    [InlineData(BoundedChannelFullMode.DropNewest, "gap Overflow 6,m2")]
    [InlineData(BoundedChannelFullMode.DropWrite, "1,gap Overflow 6")]   // the gap of 4, m1 and m2
    public void A_dropped_gap_counts_for_what_it_stood_for(BoundedChannelFullMode mode, string expected)
    {
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler);
        var raw = new RawServer(world, "far", Welcome());
        var member = world.Client("m", o => o with { Scheduler = gate, Servers = ["far:4809"] });
        var slow = new List<string>();
        using var one = member.Group("x").ObserveEvents(1, mode).Subscribe(e => slow.Add(e.Gap is not null ? e.Shown() : e.Message!.Value.Number switch { 1 => "1", 6 => "m1", var n => $"m{n - 5}" }));
        world.Settle();
        gate.IsClosed = true;
        foreach (ulong number in new[] { 1, 6, 7 }) raw.Tap.Send(Message("x", 50, number)); // 2 to 5 are missing: a gap of 4
        world.Settle();
        gate.Open();
        world.Settle();
        Assert.Equal(expected, string.Join(',', slow));
    }

    [Fact]
    public void A_dropped_gap_without_a_count_makes_one_without()
    {
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler);
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        var slow = new List<string>();
        using var one = member.Group("x").ObserveEvents(1, BoundedChannelFullMode.DropOldest).Where(e => e.View is null).Subscribe(e => slow.Add(e.Shown()));
        world.Settle();
        gate.IsClosed = true;
        publisher.Group("x").Publish("1");
        world.Settle();
        world.Network.Break("m", "server");
        world.Advance(Sec(6));
        publisher.Group("x").Publish("2");
        world.Settle();
        gate.Open();
        world.Settle();
        Assert.Equal(["gap Overflow", "2"], slow);
    }

    [Fact]
    public void Events_that_wait_lose_nothing_and_keep_their_order()
    {
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler) { IsClosed = true };
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        var slow = new List<string>();
        using var one = member.Group("x").ObserveEvents(2, BoundedChannelFullMode.Wait).Subscribe(e => slow.Add(e.Shown()));
        world.Settle();
        for (var i = 1; i <= 8; i++) publisher.Group("x").Publish($"{i}");
        world.Settle();
        Assert.Empty(slow);
        gate.Open();
        world.Settle();
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8"], slow[^8..]);
        Assert.DoesNotContain(slow, e => e.StartsWith("gap", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(BoundedChannelFullMode.Wait)]
    [InlineData(BoundedChannelFullMode.DropOldest)]
    public void An_observer_that_throws_is_unsubscribed_and_reported_and_lets_the_reading_go(BoundedChannelFullMode mode)
    {
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler) { IsClosed = true };
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        var reports = new List<MsgcDiagnostic>();
        using var diagnostics = member.Diagnostics.Where(d => d.Kind == MsgcDiagnosticKind.ObserverFailed).Subscribe(reports.Add);
        var calls = 0;
        var plain = new List<string>();
        using var messages = member.Group("x").Observe(4, mode).Subscribe(_ => Fail());
        using var events = member.Group("x").ObserveEvents(4, mode).Where(e => e.View is null).Subscribe(_ => Fail());
        using var two = member.Group("y").Subscribe(m => plain.Add(m.Text()));
        world.Settle();
        for (var i = 1; i <= 8; i++) publisher.Group("x").Publish($"{i}");
        publisher.Group("y").Publish("behind");
        world.Settle();
        gate.Open();
        world.Settle();
        Assert.Equal(2, calls);
        Assert.Equal(["x ouch", "x ouch"], reports.Select(r => $"{r.Group} {r.Error!.Message}"));
        Assert.Equal(["behind"], plain);
        var views = new List<MsgcView>();
        using var watching = publisher.Group("x").Membership.Subscribe(views.Add);
        world.Settle();
        Assert.Empty(Assert.Single(views).Members); // it has left
        Assert.False(member.Group("x").WhenJoinedAsync().IsCompletedSuccessfully);

        void Fail()
        {
            calls++;
            throw new InvalidOperationException("ouch");
        }
    }

    [Fact]
    public void Wrong_capacities_and_modes_are_errors_at_the_call()
    {
        using var world = new World();
        var group = world.Client("c").Group("x");
        Assert.Throws<ArgumentOutOfRangeException>(() => group.Observe(0, BoundedChannelFullMode.Wait));
        Assert.Throws<ArgumentOutOfRangeException>(() => group.Observe(1, (BoundedChannelFullMode)9));
        Assert.Throws<ArgumentOutOfRangeException>(() => group.ObserveEvents(0, BoundedChannelFullMode.DropOldest));
        Assert.Throws<ArgumentOutOfRangeException>(() => group.ObserveEvents(1, (BoundedChannelFullMode)9));
    }

    [Theory]
    [InlineData(BoundedChannelFullMode.Wait)]
    [InlineData(BoundedChannelFullMode.DropWrite)]
    public void Disposal_completes_an_observation_after_what_waits_and_a_refusal_errors_it(BoundedChannelFullMode mode)
    {
        using var world = new World();
        var gate = new GatedScheduler(world.Scheduler) { IsClosed = true };
        MsgcClient member = world.Client("m", o => o with { Scheduler = gate }), publisher = world.Client("p");
        var seen = new List<string>();
        using var one = member.Group("x").Observe(3, mode).Subscribe(m => seen.Add(m.Text()), () => seen.Add("end"));
        world.Settle();
        for (var i = 1; i <= 3; i++) publisher.Group("x").Publish($"{i}");
        world.Settle();
        member.Dispose();
        world.Settle();
        Assert.Empty(seen);
        gate.Open();
        world.Settle();
        Assert.Equal(["1", "2", "3", "end"], seen);
        var late = new List<string>();
        member.Group("x").Observe(3, mode).Subscribe(m => late.Add(m.Text()), () => late.Add("end"));
        world.Settle();
        Assert.Equal(["end"], late);
    }
}
