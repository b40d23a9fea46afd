using System.Reactive.Linq;
using Microsoft.Reactive.Testing;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests;

/// <summary>Groups as observables. (contract, "§3" and "§4")</summary>
public sealed class MsgcGroupTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_member_receives_what_others_publish_with_sender_and_numbers(bool testScheduler)
    {
        using var world = new World(testScheduler ? new TestScheduler() : new VirtualScheduler());
        MsgcClient near = world.Client("near"), far = world.Client("far");
        var seen = new List<MsgcMessage>();
        using var subscription = far.Group("x").Subscribe(seen.Add);
        world.Settle();
        near.Group("x").Publish("a");
        near.Group("x").Publish("");
        world.Settle();
        Assert.Equal(["a", ""], seen.Select(m => m.Text()));
        Assert.Equal([1L, 2L], seen.Select(m => m.Number));
        Assert.All(seen, m => Assert.Equal((near.Id, "x"), (m.Sender, m.Group)));
    }

    [Fact]
    public void A_group_is_the_same_object_for_the_same_name_and_case_matters()
    {
        using var world = new World();
        var client = world.Client("c");
        Assert.Same(client.Group("x"), client.Group("x"));
        Assert.NotSame(client.Group("x"), client.Group("X"));
    }

    [Fact]
    public void Two_subscribers_share_one_join_and_only_the_last_unsubscription_leaves()
    {
        using var world = new World();
        MsgcClient member = world.Client("member"), watcher = world.Client("watcher");
        var views = new List<string>();
        using var watching = watcher.Group("x").Membership.Subscribe(v => views.Add(v.Shown()));
        world.Settle();
        var first = member.Group("x").Subscribe(_ => { });
        var second = member.Group("x").Events.Subscribe(_ => { });
        world.Settle();
        first.Dispose();
        first.Dispose();
        world.Settle();
        Assert.Equal([" [] Current", "+member [member] Join"], views);
        second.Dispose();
        world.Settle();
        Assert.Equal("-member [] Leave", views[^1]);
        Assert.Equal(3, views.Count);
    }

    [Fact]
    public void Watching_does_not_join_and_a_late_watcher_gets_the_current_view_first()
    {
        using var world = new World();
        MsgcClient member = world.Client("member"), watcher = world.Client("watcher");
        using var joined = member.Group("x").Subscribe(_ => { });
        world.Settle();
        List<string> early = [], late = [];
        using var one = watcher.Group("x").Membership.Subscribe(v => early.Add(v.Shown()));
        world.Settle();
        using var two = watcher.Group("x").Membership.Subscribe(v => late.Add(v.Shown()));
        world.Settle();
        Assert.Equal(["+member [member] Current"], early);
        Assert.Equal(early, late);
        Assert.True(watcher.Group("x").WhenJoinedAsync().IsFaulted);
    }

    [Fact]
    public void Views_of_equal_sets_have_equal_ids_whatever_the_order_of_joins()
    {
        using var world = new World();
        MsgcClient a = world.Client("a"), b = world.Client("b");
        var views = new List<MsgcView>();
        using var x = a.Group("x").Membership.Merge(a.Group("y").Membership).Subscribe(views.Add);
        using var ax = a.Group("x").Subscribe(_ => { });
        using var by = b.Group("y").Subscribe(_ => { });
        world.Settle();
        using var bx = b.Group("x").Subscribe(_ => { });
        using var ay = a.Group("y").Subscribe(_ => { });
        world.Settle();
        var (lastX, lastY) = (views.Last(v => v.Group == "x"), views.Last(v => v.Group == "y"));
        Assert.Equal(2, lastX.Members.Count);
        Assert.Equal(lastX.Id, lastY.Id);
        Assert.Equal(["server", "server"], lastX.Members.Select(m => m.ServerName));
        Assert.NotEqual(lastX.Id, views.First(v => v.Group == "x").Id);
    }

    [Fact]
    public void A_join_is_acknowledged_and_what_is_published_afterwards_arrives()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        world.Network.SetLatency("member", "server", TimeSpan.FromMilliseconds(50));
        world.Advance(TimeSpan.FromSeconds(1));
        var seen = new List<string>();
        using var subscription = member.Group("x").Subscribe(m => seen.Add(m.Text()));
        var joined = member.Group("x").WhenJoinedAsync();
        world.Advance(TimeSpan.FromMilliseconds(50));
        Assert.False(joined.IsCompleted);
        world.Advance(TimeSpan.FromMilliseconds(2));
        Assert.True(joined.IsCompletedSuccessfully);
        publisher.Group("x").Publish("after");
        world.Settle();
        Assert.Equal(["after"], seen);
    }

    [Fact]
    public void Waiting_for_a_join_without_a_subscription_or_beyond_it_is_an_error()
    {
        using var world = new World();
        var client = world.Client("c");
        Assert.IsType<InvalidOperationException>(client.Group("x").WhenJoinedAsync().Exception!.InnerException);
        var subscription = client.Group("x").Subscribe(_ => { });
        var waiting = client.Group("x").WhenJoinedAsync();
        subscription.Dispose();
        world.Settle();
        Assert.IsType<InvalidOperationException>(waiting.Exception!.InnerException);
    }

    [Fact]
    public void A_member_receives_its_own_messages_unless_it_asked_for_no_echo()
    {
        using var world = new World();
        MsgcClient loud = world.Client("loud"), silent = world.Client("silent", o => o with { NoEcho = true });
        List<string> heardByLoud = [], heardBySilent = [];
        using var one = loud.Group("x").Subscribe(m => heardByLoud.Add(m.Text()));
        using var two = silent.Group("x").Subscribe(m => heardBySilent.Add(m.Text()));
        world.Settle();
        loud.Group("x").Publish("from loud");
        world.Settle();
        silent.Group("x").Publish("from silent");
        world.Settle();
        Assert.Equal(["from loud", "from silent"], heardByLoud);
        Assert.Equal(["from loud"], heardBySilent);
    }

    [Fact]
    public void Order_holds_over_all_groups_of_a_sender()
    {
        using var world = new World();
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        var seen = new List<string>();
        using var all = Enumerable.Range(0, 5).Select(g => member.Group($"g{g}")).Merge().Subscribe(m => seen.Add(m.Text()));
        world.Settle();
        var sent = Enumerable.Range(0, 1000).Select(i => $"{i}").ToList();
        for (var i = 0; i < sent.Count; i++) publisher.Group($"g{i * 7 % 5}").Publish(sent[i]);
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(sent, seen);
    }

    [Fact]
    public void A_throwing_observer_is_unsubscribed_and_reported_and_nobody_else_is_affected()
    {
        using var world = new World();
        var client = world.Client("c");
        var seen = new List<string>();
        var reported = new List<MsgcDiagnostic>();
        var calls = 0;
        using var diagnostics = client.Diagnostics.Subscribe(reported.Add);
        using var bad = client.Group("x").Subscribe(new ThrowingObserver(() => calls++));
        using var good = client.Group("x").Subscribe(m => seen.Add(m.Text()));
        world.Settle();
        client.Group("x").Publish("1");
        client.Group("x").Publish("2");
        world.Settle();
        Assert.Equal(["1", "2"], seen);
        Assert.Equal(1, calls);
        var report = Assert.Single(reported);
        Assert.Equal((MsgcDiagnosticKind.ObserverFailed, "x", "ouch"), (report.Kind, report.Group, report.Error!.Message));
    }

    [Fact]
    public void Disposal_completes_every_sequence_and_publishing_afterwards_throws()
    {
        using var world = new World();
        var client = world.Client("c");
        var ends = new List<string>();
        client.Group("x").Subscribe(_ => { }, () => ends.Add("messages"));
        client.Group("x").Events.Subscribe(_ => { }, () => ends.Add("events"));
        client.Group("x").Membership.Subscribe(_ => { }, () => ends.Add("membership"));
        client.State.Subscribe(_ => { }, () => ends.Add("state"));
        client.Diagnostics.Subscribe(_ => { }, () => ends.Add("diagnostics"));
        world.Settle();
        client.Dispose();
        client.Dispose();
        world.Settle();
        Assert.Equal(["diagnostics", "events", "membership", "messages", "state"], ends.Order());
        Assert.Throws<ObjectDisposedException>(() => client.Group("x").OnNext(default));
        Assert.IsType<ObjectDisposedException>(client.Group("x").PublishAsync(default).AsTask().Exception!.InnerException);
        Assert.IsType<ObjectDisposedException>(client.FlushAsync().Exception!.InnerException);
        var late = false;
        client.Group("new").Subscribe(_ => { }, () => late = true);
        Assert.True(late);
    }

    [Fact]
    public void Unsubscribing_and_publishing_inside_OnNext_work()
    {
        using var world = new World();
        MsgcClient client = world.Client("c"), other = world.Client("other");
        var seen = new List<string>();
        IDisposable? once = null;
        once = client.Group("x").Subscribe(m =>
        {
            seen.Add(m.Text());
            once!.Dispose();
            client.Group("y").Publish("answer to " + m.Text());
        });
        using var answers = other.Group("y").Subscribe(m => seen.Add(m.Text()));
        world.Settle();
        other.Group("x").Publish("1");
        other.Group("x").Publish("2");
        world.Settle();
        Assert.Equal(["1", "answer to 1"], seen);
    }

    [Fact]
    public void Disposing_the_client_inside_OnNext_ends_the_sequence_once_after_that_message()
    {
        using var world = new World();
        MsgcClient client = world.Client("c"), other = world.Client("other");
        var seen = new List<string>();
        ValueTask disposal = default;
        client.Group("x").Subscribe(
            m =>
            {
                seen.Add(m.Text());
                disposal = client.DisposeAsync();
                Assert.True(disposal.IsCompletedSuccessfully, "disposal waits for the observer that called it");
                client.Dispose();
                seen.Add("still here");
            },
            () => seen.Add("end"));
        world.Settle();
        other.Group("x").Publish("1");
        other.Group("x").Publish("2");
        world.Settle();
        Assert.Equal(["1", "still here", "end"], seen);
    }

    [Fact]
    public void Between_a_leave_and_its_acknowledgement_messages_are_discarded_and_a_rejoin_makes_no_gap()
    {
        using var world = new World();
        world.Network.SetLatency("server", "member", TimeSpan.FromMilliseconds(20));
        MsgcClient publisher = world.Client("publisher"), member = world.Client("member");
        var events = new List<string>();
        var first = member.Group("x").Events.Where(e => e.View is null).Subscribe(e => events.Add(e.Shown()));
        world.Advance(TimeSpan.FromSeconds(1));
        publisher.Group("x").Publish("1");
        world.Advance(TimeSpan.FromSeconds(1));
        publisher.Group("x").Publish("on its way");
        world.Advance(TimeSpan.FromMilliseconds(5));
        first.Dispose();
        using var second = member.Group("x").Events.Where(e => e.View is null).Subscribe(e => events.Add(e.Shown()));
        world.Advance(TimeSpan.FromMilliseconds(100));
        publisher.Group("x").Publish("3");
        world.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["1", "3"], events);
    }

    [Fact]
    public void Names_are_checked_at_the_call()
    {
        using var world = new World();
        var client = world.Client("c");
        foreach (var bad in new[] { "", "a\nb", "\u0085", "\u007f", new string('x', 256), new string('ä', 128), "\ud800" })
        {
            var error = Assert.Throws<ArgumentException>(() => client.Group(bad));
            Assert.Contains("1 to 255 bytes", error.Message, StringComparison.Ordinal);
        }
        Assert.NotNull(client.Group(new string('x', 255)));
        Assert.NotNull(client.Group("ä b/c.d$"));
        Assert.Throws<ArgumentNullException>(() => client.Group(null!));
    }

    [Fact]
    public void A_payload_too_large_is_an_error_at_the_call_that_names_both_sizes()
    {
        using var world = new World(server: o => o with { MaxFrameBytes = 2000, MaxBacklogBytes = 16000 });
        var client = world.Client("c");
        world.Settle();
        client.Group("x").Publish(new string('a', 2000 - 24 - 1));
        var error = Assert.Throws<ArgumentException>(() => { _ = client.Group("x").PublishAsync(new byte[2000 - 24]); });
        Assert.Contains("2001", error.Message, StringComparison.Ordinal);
        Assert.Contains("2000", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => client.Group("x").OnNext(new byte[2000]));
    }

    [Fact]
    public void The_end_of_a_publishing_pipeline_leaves_the_group_usable()
    {
        using var world = new World();
        var client = world.Client("c");
        var seen = new List<string>();
        using var subscription = client.Group("x").Subscribe(m => seen.Add(m.Text()), () => seen.Add("end"));
        world.Settle();
        Observable.Return("1".Bytes()).Subscribe(client.Group("x"));
        Observable.Throw<ReadOnlyMemory<byte>>(new InvalidOperationException()).Subscribe(client.Group("x"));
        Observable.Return("2".Bytes()).Subscribe(client.Group("x"));
        world.Settle();
        Assert.Equal(["1", "2"], seen);
    }

    [Fact]
    public void Every_public_sequence_keeps_the_grammar_through_losses_and_disposal()
    {
        using var world = new World();
        MsgcClient client = world.Client("c"), other = world.Client("other");
        var checker = new GrammarChecker();
        using var all = new System.Reactive.Disposables.CompositeDisposable(
            client.Group("x").CheckGrammar("messages", checker).Subscribe(_ => { }),
            client.Group("x").Events.CheckGrammar("events", checker).Subscribe(_ => { }),
            client.Group("x").Membership.CheckGrammar("membership", checker).Subscribe(_ => { }),
            client.State.CheckGrammar("state", checker).Subscribe(_ => { }),
            client.Diagnostics.CheckGrammar("diagnostics", checker).Subscribe(_ => { }));
        for (var i = 0; i < 5; i++)
        {
            world.Advance(TimeSpan.FromSeconds(6));
            other.Group("x").Publish($"{i}");
            client.Group("x").Publish($"{i}");
            if (i == 2) world.Network.Break("c", "server");
            if (i == 3) world.RestartServer();
            world.Settle();
        }
        client.Dispose();
        world.Settle();
        Assert.Empty(checker.Violations);
    }

    [Fact]
    public void Typed_groups_read_and_write_values_and_report_what_they_cannot_read()
    {
        using var world = new World();
        var client = world.Client("c");
        var orders = client.Group("orders", OrdersJson.Default.Order);
        var seen = new List<Order>();
        var reported = new List<MsgcDiagnostic>();
        using var diagnostics = client.Diagnostics.Subscribe(reported.Add);
        using var subscription = orders.Subscribe(m => seen.Add(m.Value));
        world.Settle();
        Assert.True(orders.PublishAsync(new Order("nut", 3)).IsCompletedSuccessfully);
        orders.Raw.Publish("{ not json");
        orders.Raw.Publish("null");
        orders.OnNext(new Order("bolt", 4));
        world.Settle();
        Assert.Equal([new Order("nut", 3), new Order("bolt", 4)], seen);
        Assert.Equal([MsgcDiagnosticKind.DeserializationFailed, MsgcDiagnosticKind.DeserializationFailed], reported.Select(r => r.Kind));
        Assert.Equal("orders", client.Group<Order>("orders").Name);
    }

    private sealed class ThrowingObserver(Action called) : IObserver<MsgcMessage>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(MsgcMessage value)
        {
            called();
            throw new InvalidOperationException("ouch");
        }
    }
}

public sealed record Order(string Item, int Count);

[System.Text.Json.Serialization.JsonSerializable(typeof(Order))]
internal sealed partial class OrdersJson : System.Text.Json.Serialization.JsonSerializerContext;
