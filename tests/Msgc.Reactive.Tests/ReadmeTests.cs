using System.Reactive.Linq;
using Msgc.Reactive.Testing;

namespace Msgc.Reactive.Tests;

/// <summary>What README.md shows under "Testing your code", as it stands there.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task The_sample_of_a_test_does_what_its_comments_say()
    {
        var scheduler = new VirtualScheduler();
        var network = new SimulatedNetwork(scheduler, seed: 42);
        var server = await MsgcServer.StartAsync(new() { Listen = ["*:4809"], Scheduler = scheduler, Transport = network.Host("server") });
        var client = new MsgcClient(new() { Servers = ["server:4809"], Scheduler = scheduler, Transport = network.Host("client") });

        var gaps = new List<MsgcGapCause>();
        var phase = MsgcConnectionPhase.Connecting;
        using var events = client.Group("x").Events.Where(e => e.Gap is not null).Subscribe(e => gaps.Add(e.Gap!.Cause));
        using var state = client.State.Subscribe(s => phase = s.Phase);
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Equal(MsgcConnectionPhase.Connected, phase);

        network.Break("client", "server");
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.Equal(MsgcConnectionPhase.Lost, phase);
        scheduler.AdvanceBy(TimeSpan.FromMinutes(1).Ticks);
        Assert.Equal(MsgcConnectionPhase.Connected, phase);
        Assert.Equal([MsgcGapCause.ConnectionLost], gaps);

        client.Dispose();
        var stopped = server.DisposeAsync();
        scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
        Assert.True(stopped.IsCompleted);
    }
}
