using System.Reactive.Linq;

namespace Msgc.Reactive.Tests.Testing;

/// <summary>What the library's clients and servers make of a host that is frozen.</summary>
public sealed class FrozenProgramTests : IDisposable
{
    private readonly Cluster _cluster = new(2, start: false);

    public FrozenProgramTests() => _cluster.Start("a", o => o with { Scheduler = _cluster.Network.SchedulerOf("a") });

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void A_client_loses_a_frozen_server_as_idle_and_all_is_back_after_the_thaw()
    {
        var client = Client("c");
        var states = new List<string>();
        using var watching = client.State.Subscribe(s => states.Add($"{s.Phase} {s.Cause}"));
        var heard = new List<string>();
        using var listening = client.Group("g").Subscribe(m => heard.Add(m.Text()));
        _cluster.Settle();
        client.Group("g").Publish("before");
        _cluster.Settle();
        _cluster.Network.Freeze("a");
        client.Group("g").Publish("into the ice");
        _cluster.Advance(29);
        Assert.DoesNotContain(states, static s => s.EndsWith("Idle", StringComparison.Ordinal));
        _cluster.Advance(2);
        Assert.Contains(states, static s => s.EndsWith("Idle", StringComparison.Ordinal));

        _cluster.Advance(20); // the next dials connect, and their handshakes hang
        Assert.Equal(["before"], heard);
        _cluster.Network.Thaw("a");
        _cluster.Advance(10);
        Assert.Equal("Connected", states[^1].Split(' ')[0]);
        client.Group("g").Publish("after");
        _cluster.Settle();
        Assert.Equal("after", heard[^1]);
        Assert.Single(heard, static text => text == "after");
    }

    [Fact]
    public void A_dial_to_a_frozen_host_connects_and_its_handshake_hangs_until_ConnectTimeout()
    {
        _cluster.Network.Freeze("a");
        var client = Client("c");
        MsgcCause? cause = null;
        using var watching = client.State.Subscribe(s => cause = s.Cause ?? cause);
        _cluster.Settle();
        Assert.Equal(1, _cluster.Network.Connections);
        _cluster.Advance(59);
        Assert.Null(cause);
        _cluster.Advance(2);
        Assert.Equal(MsgcCause.ConnectTimeout, cause);

        _cluster.Network.Thaw("a");
        _cluster.Advance(10);
        Assert.Equal(1, _cluster.Network.Connections);
    }

    [Fact]
    public void A_frozen_client_publishes_and_hears_at_thaw_in_order()
    {
        var (frozen, other) = (Client("c"), Client("d"));
        var (sent, heard) = (new List<string>(), new List<string>());
        using var publishing = Observable.Interval(TimeSpan.FromSeconds(1), _cluster.Network.SchedulerOf("c")).Take(3).Subscribe(n => frozen.Group("g").Publish($"{n}"));
        using var listening = other.Group("g").Subscribe(m => sent.Add(m.Text()));
        using var listeningFrozen = frozen.Group("h").Subscribe(m => heard.Add(m.Text()));
        _cluster.Advance(1.5);
        Assert.Equal(["0"], sent);

        _cluster.Network.Freeze("c");
        for (var i = 0; i < 10; i++)
        {
            other.Group("h").Publish($"{i}");
            _cluster.Advance(1);
        }
        Assert.Equal(["0"], sent);
        Assert.Empty(heard);

        _cluster.Network.Thaw("c");
        _cluster.Advance(2);
        Assert.Equal(["0", "1", "2"], sent);
        Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"{i}"), heard);
    }

    private MsgcClient Client(string host) => _cluster.Client(host, o => o with { Scheduler = _cluster.Network.SchedulerOf(host) }, "a");
}
