using System.Reactive.Linq;
using System.Runtime.CompilerServices;

namespace Msgc.Reactive.Tests;

/// <summary>Connections, the outbound queue and what is told about losses, as one server goes. (contract, "§3" to "§5")</summary>
public sealed class MsgcClientTests
{
    [Fact]
    public void State_shows_attempts_connections_and_losses_the_current_one_first()
    {
        using var world = new World();
        var client = world.Client("c");
        var states = new List<string>();
        using var subscription = client.State.Subscribe(s => states.Add($"{s.Phase} {s.ServerName} {s.Cause}".TrimEnd()));
        world.Settle();
        world.Network.Break("c", "server");
        world.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["Connecting", "Connected server", "Lost server Transport", "Connected server"], states);
        var late = new List<MsgcConnectionPhase>();
        using var second = client.State.Subscribe(s => late.Add(s.Phase));
        world.Settle();
        Assert.Equal([MsgcConnectionPhase.Connected], late);
    }

    [Fact]
    public void Connecting_waits_for_the_first_connection_and_a_failed_attempt_says_why()
    {
        using var world = new World();
        world.Network.Refuse("server");
        MsgcClient? connected = null;
        var options = new MsgcClientOptions
        {
            Servers = ["server:4809"], Name = "c", Scheduler = world.Scheduler, Transport = world.Network.Host("c"), Entropy = () => 7,
        };
        var connecting = world.Simulation.Run(async () => connected = await MsgcClient.ConnectAsync(options));
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.False(connecting.IsCompleted);
        world.Network.Accept("server");
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.True(connecting.IsCompletedSuccessfully);
        connected!.Dispose();
    }

    [Fact]
    public void Giving_up_connecting_disposes_the_client()
    {
        using var world = new World();
        world.Network.Refuse("server");
        using var cancel = new CancellationTokenSource();
        var connecting = world.Simulation.Run(async () => await MsgcClient.ConnectAsync(
            new MsgcClientOptions { Servers = ["server:4809"], Scheduler = world.Scheduler, Transport = world.Network.Host("c"), Entropy = () => 7 }, cancel.Token));
        world.Settle();
        cancel.Cancel();
        world.Settle();
        Assert.True(connecting.IsCanceled);
        Assert.Equal(0, world.Network.Connections);
    }

    [Fact]
    public void What_is_published_while_disconnected_is_sent_in_order_after_the_reconnect()
    {
        using var world = new World();
        world.Network.Refuse("server");
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        var seen = new List<string>();
        using var subscription = member.Group("x").Subscribe(m => seen.Add(m.Text()));
        for (var i = 0; i < 100; i++) publisher.Group("x").Publish($"{i}");
        var flushed = publisher.FlushAsync();
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(seen);
        Assert.False(flushed.IsCompleted);
        world.Network.Accept("server");
        world.Network.SetLatency("publisher", "server", TimeSpan.FromMilliseconds(30));
        world.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), seen);
        Assert.True(flushed.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_lost_connection_makes_one_gap_in_each_joined_group_and_skipped_numbers_one_with_their_count()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        List<string> x = [], y = [];
        using var one = member.Group("x").Events.Where(e => e.View is null).Subscribe(e => x.Add(e.Shown()));
        using var two = member.Group("y").Events.Where(e => e.View is null).Subscribe(e => y.Add(e.Shown()));
        world.Settle();
        publisher.Group("x").Publish("1");
        world.Settle();
        world.Network.Break("member", "server");
        world.Advance(TimeSpan.FromSeconds(1));
        publisher.Group("x").Publish("2");
        publisher.Group("x").Publish("3");
        world.Advance(TimeSpan.FromSeconds(5));
        publisher.Group("x").Publish("4");
        world.Settle();
        Assert.Equal(["1", "gap ConnectionLost", "gap Skip 2", "4"], x);
        Assert.Equal(["gap ConnectionLost"], y);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_unacknowledged_when_a_connection_was_lost_does_not_deafen_the_next(bool leaveOnly)
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        var group = member.Group("x");
        var first = group.Subscribe(_ => { });
        world.Settle();
        world.Network.Mute("member", "server");
        first.Dispose();
        if (!leaveOnly) group.Subscribe(_ => { }).Dispose();
        world.Settle();
        world.Network.Break("member", "server");
        world.Network.Unmute("member", "server");
        world.Advance(TimeSpan.FromSeconds(6));

        var seen = new List<string>();
        using var second = group.Subscribe(m => seen.Add(m.Text()));
        var joined = group.WhenJoinedAsync();
        world.Settle();
        Assert.True(joined.IsCompletedSuccessfully);
        publisher.Group("x").Publish("heard");
        world.Settle();
        Assert.Equal(["heard"], seen);
    }

    [Fact]
    public void After_the_end_waits_fail_and_late_observers_are_told_even_those_that_throw()
    {
        using var world = new World(server: o => o with { Authorize = _ => "never" });
        var client = world.Client("c");
        client.Group("x").Subscribe(_ => { }, _ => { });
        world.Settle();
        Assert.IsType<MsgcRefusedException>(client.Group("x").WhenJoinedAsync().Exception!.InnerException);
        client.State.Subscribe(_ => { });
        client.Group("x").Subscribe(_ => { });
        client.Group("x").Events.Subscribe(_ => { });
        client.Group("x").Membership.Subscribe(_ => { });
        world.Settle();
    }

    [Fact]
    public void A_cancelled_publisher_makes_room_for_those_behind_it_at_once()
    {
        using var world = new World(server: o => o with { MaxFrameBytes = 1024, MaxBacklogBytes = 8192 });
        world.Network.Refuse("server");
        var publisher = world.Client("publisher", o => o with { MaxFrameBytes = 1024, MaxBacklogBytes = 8192 });
        var group = publisher.Group("x");
        for (var i = 0; i < 8; i++) group.Publish(new string('a', 900));
        using var cancel = new CancellationTokenSource();
        var large = group.PublishAsync(new byte[990], cancel.Token).AsTask();
        var small = group.PublishAsync("small".Bytes()).AsTask();
        world.Settle();
        Assert.False(small.IsCompleted);
        cancel.Cancel();
        world.Settle();
        Assert.True(large.IsCanceled);
        Assert.True(small.IsCompletedSuccessfully);
    }

    [Fact]
    public void Every_watch_begins_with_the_view_as_it_is_whatever_an_earlier_one_is_owed()
    {
        using var world = new World();
        MsgcClient watcher = world.Client("watcher"), a = world.Client("a"), b = world.Client("b");
        using var joinedA = a.Group("x").Subscribe(_ => { });
        world.Settle();
        world.Network.SetLatency("server", "watcher", TimeSpan.FromMilliseconds(50));
        var views = new List<string>();
        var first = watcher.Group("x").Membership.Subscribe(v => views.Add(v.Shown()));
        world.Advance(TimeSpan.FromSeconds(1));
        using var joinedB = b.Group("x").Subscribe(_ => { });
        world.Advance(TimeSpan.FromMilliseconds(10));
        first.Dispose();
        world.Settle();
        using var second = watcher.Group("x").Membership.Subscribe(v => views.Add(v.Shown()));
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["+a [a] Current", "+a+b [a b] Current"], views.Select(v => v.Replace("+b+a [b a]", "+a+b [a b]", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_flush_that_covers_lost_messages_fails_with_their_count_and_the_state_shows_it()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        using var joined = member.Group("x").Subscribe(_ => { });
        var states = new List<MsgcConnectionState>();
        using var watching = publisher.State.Subscribe(states.Add);
        world.Settle();
        world.Network.Mute("publisher", "server");
        for (var i = 0; i < 7; i++) publisher.Group("x").Publish("lost");
        var flushed = publisher.FlushAsync();
        world.Settle();
        world.Network.Break("publisher", "server");
        world.Settle();
        Assert.Equal(7, Assert.IsType<MsgcLostException>(flushed.Exception!.InnerException).Count);
        Assert.Equal(7, states.Single(s => s.Phase == MsgcConnectionPhase.Lost).LostMessages);
    }

    [Fact]
    public void A_flush_that_covers_nothing_lost_waits_for_the_next_connection()
    {
        using var world = new World();
        var publisher = world.Client("publisher");
        world.Settle();
        publisher.Group("x").Publish("1");
        Assert.True(Run(world, publisher.FlushAsync()));
        world.Network.Mute("publisher", "server");
        var flushed = publisher.FlushAsync();
        world.Settle();
        world.Network.Break("publisher", "server");
        world.Network.Unmute("publisher", "server");
        world.Settle();
        Assert.False(flushed.IsCompleted);
        world.Advance(TimeSpan.FromSeconds(6));
        Assert.True(flushed.IsCompletedSuccessfully);
    }

    [Fact]
    public void Losses_that_no_flush_was_waiting_for_are_told_to_the_next_one_and_once()
    {
        using var world = new World();
        var publisher = world.Client("publisher");
        world.Settle();
        world.Network.Mute("publisher", "server");
        publisher.Group("x").Publish("lost");
        world.Settle();
        world.Network.Break("publisher", "server");
        world.Network.Unmute("publisher", "server");
        world.Advance(TimeSpan.FromSeconds(6));
        var first = publisher.FlushAsync();
        world.Settle();
        Assert.Equal(1, Assert.IsType<MsgcLostException>(first.Exception!.InnerException).Count);
        Assert.True(Run(world, publisher.FlushAsync()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_publisher_waits_while_its_queue_is_full_and_goes_on_in_order_when_released(bool testScheduler)
    {
        using var world = new World(testScheduler ? new Microsoft.Reactive.Testing.TestScheduler() : new Msgc.Reactive.Testing.VirtualScheduler());
        world.Network.Refuse("server");
        var publisher = world.Client("publisher", o => o with { MaxBacklog = 10 });
        var log = new List<string>();
        var publishing = world.Simulation.Run(async () =>
        {
            for (var i = 1; i <= 15; i++)
            {
                await publisher.Group("x").PublishAsync($"{i}".Bytes());
                log.Add($"{i} at {world.Scheduler.Now.Ticks / TimeSpan.TicksPerSecond}s");
            }
        });
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("10 at 0s", log[^1]);
        Assert.False(publishing.IsCompleted);

        var member = world.Client("member");
        var seen = new List<string>();
        using var subscription = member.Group("x").Subscribe(m => seen.Add(m.Text()));
        world.Network.Accept("server");
        world.Network.Refuse("publisher");
        world.Advance(TimeSpan.FromSeconds(10));
        Assert.True(publishing.IsCompletedSuccessfully);
        Assert.Equal("11 at 5s", log[10]);
        Assert.Equal(Enumerable.Range(1, 15).Select(i => $"{i}"), seen);
    }

    [Fact]
    public void A_cancelled_publish_takes_no_number_and_an_overflowing_OnNext_uses_one_up()
    {
        using var world = new World();
        world.Network.Refuse("server");
        MsgcClient publisher = world.Client("publisher", o => o with { MaxBacklog = 8 }), member = world.Client("member");
        var group = publisher.Group("x");
        var reported = new List<MsgcDiagnostic>();
        var events = new List<string>();
        using var diagnostics = publisher.Diagnostics.Subscribe(reported.Add);
        using var subscription = member.Group("x").Events.Where(e => e.View is null).Subscribe(e => events.Add(e.Shown()));
        world.Network.SetLatency("publisher", "server", TimeSpan.FromMilliseconds(30));
        for (var i = 1; i <= 8; i++) group.OnNext($"{i}".Bytes());
        using var cancel = new CancellationTokenSource();
        var cancelled = group.PublishAsync("cancelled".Bytes(), cancel.Token).AsTask();
        var waiting = group.PublishAsync("11".Bytes()).AsTask();
        group.OnNext("9".Bytes());
        group.OnNext("10".Bytes());
        cancel.Cancel();
        world.Advance(TimeSpan.FromMilliseconds(100));
        Assert.True(cancelled.IsCanceled);
        world.Network.Accept("server");
        world.Advance(TimeSpan.FromSeconds(6));
        Assert.True(waiting.IsCompletedSuccessfully);
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7", "8", "gap Skip 2", "11"], events);
        var report = Assert.Single(reported, r => r.Kind == MsgcDiagnosticKind.PublishDropped);
        Assert.Equal(("x", 2), (report.Group, report.Count));
    }

    [Fact]
    public void A_payload_is_copied_by_the_time_publishing_completes()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        var seen = new List<MsgcMessage>();
        using var subscription = member.Group("x").Subscribe(seen.Add);
        world.Settle();
        var buffer = new byte[1];
        for (byte i = 0; i < 100; i++)
        {
            buffer[0] = i;
            Assert.True(publisher.Group("x").PublishAsync(buffer).IsCompletedSuccessfully);
        }
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Enumerable.Range(0, 100), seen.Select(m => (int)m.Payload.Span[0]));
    }

    [Fact]
    public void Asynchronous_disposal_sends_what_is_queued_and_has_a_deadline()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), stuck = world.Client("stuck"), member = world.Client("member");
        var seen = new List<string>();
        using var subscription = member.Group("x").Subscribe(m => seen.Add(m.Text()));
        world.Settle();
        publisher.Group("x").Publish("last words");
        Assert.True(Run(world, publisher.DisposeAsync().AsTask()));
        Assert.Equal(["last words"], seen);

        world.Network.Mute("stuck", "server");
        stuck.Group("x").Publish("unheard");
        var disposal = stuck.DisposeAsync().AsTask();
        world.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.False(disposal.IsCompleted);
        world.Settle();
        Assert.True(disposal.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_refusal_for_good_ends_the_client_with_the_reason()
    {
        using var world = new World(server: o => o with { Authorize = credentials => credentials.Length == 0 ? "no password" : null });
        MsgcClient bad = world.Client("bad"), good = world.Client("good", o => o with { Credentials = "secret".Bytes() });
        Exception? messages = null, state = null;
        bad.Group("x").Subscribe(_ => { }, e => messages = e);
        bad.State.Subscribe(_ => { }, e => state = e);
        var goodState = MsgcConnectionPhase.Connecting;
        using var watching = good.State.Subscribe(s => goodState = s.Phase);
        world.Settle();
        Assert.Contains("no password", Assert.IsType<MsgcRefusedException>(messages).Message, StringComparison.Ordinal);
        Assert.Same(messages, state);
        Assert.Same(messages, bad.FlushAsync().Exception!.InnerException);
        Assert.Equal(MsgcConnectionPhase.Connected, goodState);
    }

    [Fact]
    public void Messages_queued_for_a_server_that_takes_larger_ones_are_dropped_and_reported()
    {
        using var world = new World(server: o => o with { MaxFrameBytes = 1024, MaxBacklogBytes = 8192 });
        world.Network.Refuse("server");
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        var reported = new List<MsgcDiagnostic>();
        var events = new List<string>();
        using var diagnostics = publisher.Diagnostics.Subscribe(reported.Add);
        using var subscription = member.Group("x").Events.Where(e => e.View is null).Subscribe(e => events.Add(e.Shown()));
        world.Network.SetLatency("publisher", "server", TimeSpan.FromMilliseconds(30));
        publisher.Group("x").Publish("1");
        publisher.Group("x").Publish(new string('a', 2000));
        publisher.Group("x").Publish("3");
        world.Advance(TimeSpan.FromMilliseconds(100));
        world.Network.Accept("server");
        world.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["1", "gap Skip 1", "3"], events);
        Assert.Equal(1, Assert.Single(reported, r => r.Kind == MsgcDiagnosticKind.TooLargeDropped).Count);
    }

    [Fact]
    public void A_client_is_kept_alive_by_its_subscription_alone()
    {
        using var world = new World();
        var seen = new List<string>();
        var weak = Abandon(world, seen);
        world.Settle();
        Collect();
        Assert.True(weak.IsAlive);
        var publisher = world.Client("publisher");
        publisher.Group("x").Publish("1");
        world.Network.Break("forgotten", "server");
        world.Advance(TimeSpan.FromSeconds(6));
        Collect();
        publisher.Group("x").Publish("2");
        world.Settle();
        Assert.Equal("2", seen[^1]);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Abandon(World world, List<string> seen)
        {
            var client = new MsgcClient(new MsgcClientOptions
            {
                Servers = ["server:4809"], Name = "forgotten", Scheduler = world.Scheduler, Transport = world.Network.Host("forgotten"), Entropy = () => 99,
            });
            client.Group("x").Subscribe(m => seen.Add(m.Text()));
            return new WeakReference(client);
        }

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }

    [Fact]
    public void Wrong_options_are_errors_that_name_the_option()
    {
        void Wrong(string option, Func<MsgcClientOptions, MsgcClientOptions> change)
        {
            var error = Assert.Throws<ArgumentException>(() => new MsgcClient(change(new MsgcClientOptions())));
            Assert.Equal(option, error.ParamName);
            Assert.Contains(option, error.Message, StringComparison.Ordinal);
        }

        Wrong("Servers", o => o with { Servers = [] });
        Wrong("Servers", o => o with { Servers = ["localhost"] });
        Wrong("Servers", o => o with { Servers = ["localhost:99999"] });
        Wrong("IdleTimeout", o => o with { IdleTimeout = TimeSpan.Zero });
        Wrong("ConnectTimeout", o => o with { ConnectTimeout = TimeSpan.FromSeconds(-1) });
        Wrong("MaxBacklog", o => o with { MaxBacklog = 7 });
        Wrong("MaxBacklogBytes", o => o with { MaxBacklogBytes = (8 * 1024 * 1024) - 1 });
        Wrong("MaxFrameBytes", o => o with { MaxFrameBytes = 100 });
        Wrong("MessagesPerIteration", o => o with { MessagesPerIteration = 0 });
        Wrong("Name", o => o with { Name = "a\tb" });
        Wrong("Credentials", o => o with { Credentials = new byte[5000] });
        Wrong("ReconnectJitter", o => o with { ReconnectJitter = TimeSpan.FromSeconds(-1) });
    }

    private static bool Run(World world, Task task)
    {
        world.Settle();
        return task.IsCompletedSuccessfully;
    }
}
