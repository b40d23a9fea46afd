namespace Msgc.Reactive.Tests.Sessions;

/// <summary>The server's MaxFrameBytes binds its clients, whatever they had queued before they knew it. (contract, "§2")</summary>
public sealed class FrameLimitTests
{
    [Fact]
    public void A_message_waiting_for_room_that_is_too_large_for_the_new_server_fails_its_publish_and_nothing_else()
    {
        using var world = new World(server: o => o with { MaxFrameBytes = 1024 });
        world.Network.Refuse("server");
        var client = world.Client("client", o => o with { MaxBacklog = 8 });
        var states = new List<MsgcConnectionPhase>();
        using var subscription = client.State.Subscribe(s => states.Add(s.Phase));
        var seen = new List<long>();
        using var messages = client.Group("x").Subscribe(m => seen.Add(m.Number));
        for (var i = 0; i < 8; i++) client.Group("x").Publish($"{i}");
        var large = client.Group("x").PublishAsync(new byte[2000]);
        var small = client.Group("x").PublishAsync(new byte[20]);
        world.Network.Accept("server");
        world.Advance(TimeSpan.FromSeconds(6));
        Assert.True(large.IsFaulted);
        Assert.IsType<ArgumentException>(large.AsTask().Exception!.InnerException);
        Assert.True(small.IsCompletedSuccessfully);
        Assert.Equal(Enumerable.Range(1, 9).Select(i => (long)i), seen);
        Assert.DoesNotContain(MsgcConnectionPhase.Lost, states);
    }

    [Fact]
    public void A_queued_message_that_is_too_large_for_the_new_server_is_dropped_and_reported()
    {
        using var world = new World(server: o => o with { MaxFrameBytes = 1024 });
        world.Network.Refuse("server");
        var client = world.Client("client");
        var reports = new List<MsgcDiagnostic>();
        using var diagnostics = client.Diagnostics.Subscribe(reports.Add);
        var seen = new List<string>();
        using var messages = client.Group("x").Subscribe(m => seen.Add(m.Text()));
        client.Group("x").Publish("1");
        Assert.True(client.Group("x").PublishAsync(new byte[2000]).IsCompletedSuccessfully);
        client.Group("x").Publish("3");
        world.Network.Accept("server");
        world.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["1", "3"], seen);
        Assert.Equal((MsgcDiagnosticKind.TooLargeDropped, 1), (Assert.Single(reports).Kind, reports[0].Count));
        Assert.Throws<ArgumentException>(() => { _ = client.Group("x").PublishAsync(new byte[1000]); });
    }

    [Fact]
    public void A_message_that_could_never_fit_the_own_queue_fails_instead_of_waiting_for_ever()
    {
        const int Huge = 32 * 1024 * 1024;
        using var world = new World(server: o => o with { MaxFrameBytes = Huge, MaxBacklogBytes = 8L * Huge });
        var client = world.Client("client");
        world.Settle();
        Assert.Throws<ArgumentException>(() => { _ = client.Group("x").PublishAsync(new byte[Huge - 100]); });
    }
}
