using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Msgc.Reactive.Tests.Diagnostics;

/// <summary>What the meter <c>Msgc.Reactive</c> and the activity source of that name show.</summary>
public sealed class MetersTests
{
    [Fact]
    public void A_servers_and_a_clients_figures_are_there_for_who_collects()
    {
        using var world = new World(server: o => o with { NodeName = "metered-server" });
        using var listener = new Collector("metered-");
        var member = world.Client("metered-member");
        member.Group("x").Subscribe(_ => { });
        var publisher = world.Client("metered-publisher");
        world.Settle();
        for (var i = 0; i < 7; i++) publisher.Group("x").Publish("hello");
        world.Settle();
        var seen = listener.Collect();
        Assert.Equal(2, seen["msgc.server.connections client"]);
        Assert.Equal(0, seen["msgc.server.connections link"]);
        Assert.Equal(7, seen["msgc.server.messages.received"]);
        Assert.Equal(7, seen["msgc.server.messages.sent"]);
        Assert.Equal(1, seen["msgc.server.joins"]);
        Assert.Equal(0, seen["msgc.server.queue.messages"]);
        Assert.Equal(7, seen["msgc.client.messages.received metered-member"]);
        Assert.Equal(7, seen["msgc.client.messages.sent metered-publisher"]);
        Assert.Equal(0, seen["msgc.client.reconnects metered-member"]);
        Assert.Equal(1, seen["msgc.client.joins metered-member"]);

        world.Network.Break("metered-member", "server");
        world.Advance(TimeSpan.FromSeconds(6));
        publisher.Group("x").Publish("again");
        world.Settle();
        seen = listener.Collect();
        Assert.Equal(1, seen["msgc.server.connections.ended Transport"]);
        Assert.Equal(1, seen["msgc.client.reconnects metered-member"]);
        Assert.Equal(1, seen["msgc.client.gaps metered-member"]);
        Assert.Equal(8, seen["msgc.client.messages.received metered-member"]);
        Assert.Equal(8, seen["msgc.server.messages.sent"]);
    }

    [Fact]
    public void A_slow_consumer_is_counted_with_its_name_address_and_group()
    {
        using var world = new World(server: o => o with { NodeName = "slow-server", MaxBacklog = 80 });
        using var listener = new Collector("slow-");
        world.Client("snail").Group("x").Subscribe(_ => { });
        var publisher = world.Client("publisher");
        world.Settle();
        world.Network.SetBandwidth("server", "snail", 1);
        for (var i = 0; i < 200; i++) publisher.Group("x").Publish(new string('x', 30_000));
        world.Advance(TimeSpan.FromSeconds(5));
        var slow = listener.Events.Where(e => e.Name == "msgc.server.slow_consumers").Select(e => e.Tags).ToArray();
        Assert.Equal(["slow", "stuck"], slow.Select(tags => tags["msgc.outcome"]));
        Assert.All(slow, tags => Assert.Equal(("client", "snail", "x"), (tags["msgc.connection.kind"], tags["msgc.connection.name"], tags["messaging.destination.name"])));
        Assert.All(slow, tags => Assert.StartsWith("snail:", (string)tags["network.peer.address"]!, StringComparison.Ordinal));
        Assert.Equal(1, listener.Events.First(e => e.Name == "msgc.server.slow_consumers.held").Value);
        Assert.InRange(listener.Events.First(e => e.Name == "msgc.server.slow_consumers.queued").Value, 1, 80);
    }

    [Fact]
    public void Servers_and_clients_of_one_name_have_series_of_their_own()
    {
        using var world = new World(server: o => o with { NodeName = "twin-server" });
        var other = world.StartServer("other", o => o with { NodeName = "twin-server" });
        using var listener = new Collector("twin-");
        MsgcClient[] clients = [world.Client("twin-client"), world.Client("twin-client")];
        world.Settle();
        listener.Collect();
        Assert.Equal(listener.Series.Count, listener.Series.Distinct().Count());
        Assert.Equal(
            clients.Select(client => $"msgc.client.joins msgc.client.name=twin-client msgc.client.id={client.Id}").Order(StringComparer.Ordinal),
            listener.Series.Where(series => series.StartsWith("msgc.client.joins ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(2, listener.Series.Count(series => series.StartsWith("msgc.server.joins msgc.server.name=twin-server msgc.server.incarnation=", StringComparison.Ordinal)));
        var disposal = other.DisposeAsync();
        world.Settle();
        Assert.True(disposal.IsCompleted);
    }

    [Fact]
    public void A_disposed_client_and_server_show_nothing_any_more()
    {
        using var listener = new Collector("gone-");
        using (var world = new World(server: o => o with { NodeName = "gone-server" }))
        {
            world.Client("gone-client");
            world.Settle();
            Assert.NotEmpty(listener.Collect());
        }
        Assert.Empty(listener.Collect());
    }

    [Fact]
    public void A_server_that_could_not_start_shows_nothing()
    {
        using var world = new World();
        using var listener = new Collector("unstarted-");
        for (var i = 0; i < 3; i++)
        {
            Assert.Throws<MsgcConnectionException>(() => world.StartServer("server", o => o with { NodeName = "unstarted-server", Listen = ["*:4810", "*:4809"] }));
        }
        Assert.Empty(listener.Collect());
    }

    [Fact]
    public void Publishing_and_delivering_are_activities_while_somebody_listens()
    {
        using var world = new World();
        world.Client("member").Group("traced").Subscribe(_ => { });
        var publisher = world.Client("publisher");
        world.Settle();
        publisher.Group("traced").Publish("unseen");
        world.Settle();
        var seen = new List<Activity>();
        using (var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Msgc.Reactive",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (seen) seen.Add(activity);
            },
        })
        {
            ActivitySource.AddActivityListener(listener);
            publisher.Group("traced").Publish("hello");
            publisher.Group("traced").OnNext("again".Bytes());
            world.Settle();
        }
        publisher.Group("traced").Publish("unseen");
        world.Settle();
        Activity[] mine;
        lock (seen) mine = [.. seen.Where(a => Equals(a.GetTagItem("messaging.destination.name"), "traced"))];
        Assert.Equal(["publish traced", "publish traced", "process traced", "process traced"], mine.Select(a => a.DisplayName));
        Assert.Equal([ActivityKind.Producer, ActivityKind.Producer, ActivityKind.Consumer, ActivityKind.Consumer], mine.Select(a => a.Kind));
        Assert.All(mine, a => Assert.Equal(("msgc", 5), (a.GetTagItem("messaging.system"), a.GetTagItem("messaging.message.body.size"))));
        Assert.Equal(["send", "send", "process", "process"], mine.Select(a => a.GetTagItem("messaging.operation.type")));
    }

    /// <summary>Collects what the meters of this test's own servers and clients show.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Dictionary<string, double> _seen = [];
        private readonly string _prefix;

        public Collector(string prefix)
        {
            _prefix = prefix;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Msgc.Reactive") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((i, v, tags, _) => See(i, v, tags));
            _listener.SetMeasurementEventCallback<int>((i, v, tags, _) => See(i, v, tags));
            _listener.SetMeasurementEventCallback<double>((i, v, tags, _) => See(i, v, tags));
            _listener.Start();
        }

        /// <summary>What was pushed, not collected.</summary>
        public List<(string Name, double Value, Dictionary<string, object?> Tags)> Events { get; } = [];

        /// <summary>What was collected last: each measurement's instrument and all of its tags.</summary>
        public List<string> Series { get; } = [];

        public Dictionary<string, double> Collect()
        {
            _seen.Clear();
            Series.Clear();
            _listener.RecordObservableInstruments();
            return _seen;
        }

        public void Dispose() => _listener.Dispose();

        private void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Dictionary<string, object?> all = new(tags.ToArray());
            var owner = (string)(all.GetValueOrDefault("msgc.server.name") ?? all["msgc.client.name"])!;
            if (!owner.StartsWith(_prefix, StringComparison.Ordinal)) return;
            if (!instrument.IsObservable) Events.Add((instrument.Name, value, all));
            Series.Add(string.Join(' ', all.Select(tag => $"{tag.Key}={tag.Value}").Prepend(instrument.Name)));
            var key = string.Join(' ', all.Where(tag => tag.Key is not ("msgc.server.name" or "msgc.server.incarnation" or "msgc.client.id")).Select(tag => tag.Value).Prepend(instrument.Name));
            _seen[key] = value;
        }
    }
}
