using System.Reactive.Linq;

namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>A subscriber's process that is stopped under load, and continued. (contract, "§5")</summary>
public sealed class StoppedProcessTests
{
    [Fact]
    public async Task A_stopped_subscriber_is_killed_by_name_the_others_continue_and_it_comes_back()
    {
        var (server, endpoint) = await ToolProcess.StartServerAsync();
        await using var _ = server;
        await using var stopped = await ToolProcess.StartSubAsync("load", "--server", endpoint);
        await using var member = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [endpoint], Name = "healthy" });
        await using var publisher = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [endpoint], Name = "publisher" });
        var received = 0L;
        var gaps = 0;
        using var subscription = member.Group("load").Events.Subscribe(e =>
        {
            if (e.Message is not null) Interlocked.Increment(ref received);
            if (e.Gap is not null) Interlocked.Increment(ref gaps);
        });
        await member.Group("load").WhenJoinedAsync();

        await stopped.SignalAsync("STOP");
        using var done = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var published = 0L;
        var publishing = Task.Run(async () =>
        {
            var payload = new byte[200];
            while (!done.IsCancellationRequested)
            {
                await publisher.Group("load").PublishAsync(payload);
                published++;
            }
        });
        var line = await server.ErrorLineAsync(string.Empty, contains: "Stuck client");
        Assert.Contains("msgc", line, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:", line, StringComparison.Ordinal);
        Assert.Contains("group load", line, StringComparison.Ordinal);
        Assert.Matches("[0-9]+ messages, [0-9]+ bytes queued", line);
        var atKill = Interlocked.Read(ref published);

        await stopped.SignalAsync("CONT");
        Assert.StartsWith("lost ", await stopped.ErrorLineAsync("lost "), StringComparison.Ordinal);
        Assert.StartsWith("reconnected to ", await stopped.ErrorLineAsync("reconnected to "), StringComparison.Ordinal);
        done.Cancel();
        await publishing;
        await publisher.FlushAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(published > atKill, "the publisher did not go on");
        await publisher.DisposeAsync();
        await member.DisposeAsync();
        Assert.Equal((published, 0), (Interlocked.Read(ref received), gaps));
    }
}
