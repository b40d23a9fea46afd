namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>Real servers that are restarted one after the other while clients go on. (contract, "§6")</summary>
public sealed class RollingRestartTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_rolling_restart_under_load_loses_nothing_and_duplicates_nothing()
    {
        await using var mesh = await MeshProcesses.StartAsync(["a", "b", "c"]);
        var (a, b, c) = (mesh.Endpoints[0], mesh.Endpoints[1], mesh.Endpoints[2]);
        await using var first = await MeshMember.JoinAsync("first", a, b);
        await using var second = await MeshMember.JoinAsync("second", b, c);
        await using var third = await MeshMember.JoinAsync("third", c, a);
        MeshMember[] members = [first, second, third];

        using var enough = new CancellationTokenSource();
        var publishing = Task.WhenAll(members.Select(member => Task.Run(() => PublishAsync(member, enough.Token))));
        for (var server = 0; server < 3; server++)
        {
            await MoreAsync(members, 1_000);
            await mesh.RestartAsync(server);
        }
        await MoreAsync(members, 1_000);
        enough.Cancel();
        await publishing.WaitAsync(Deadline);
        foreach (var member in members) await member.Client.FlushAsync().WaitAsync(Deadline);
        foreach (var member in members) await member.WhenAsync(m => members.All(sender => m.From(sender).Last == sender.Sent), "each sender's last message");

        foreach (var member in members)
        {
            Assert.Empty(member.Wrong);
            Assert.All(members, sender => Assert.Equal((1, sender.Sent, sender.Sent), member.From(sender)));
            // A link that comes up is told of, too; nothing else may be missing.
            Assert.All(member.Gaps, gap => Assert.Equal(MsgcGapCause.LinkLost, gap.Cause));
        }
    }

    /// <summary>Some 2000 messages a second: what a client holds during a move fits into its MaxBacklog, beyond which a gap would be right.</summary>
    private static async Task PublishAsync(MeshMember member, CancellationToken enough)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!enough.IsCancellationRequested && await pace.WaitForNextTickAsync(CancellationToken.None))
        {
            for (var i = 0; i < 10; i++) await member.PublishAsync();
        }
    }

    private static async Task MoreAsync(MeshMember[] members, int messages)
    {
        foreach (var member in members)
        {
            var wanted = member.Received + messages;
            await member.WhenAsync(m => m.Received >= wanted, $"{messages} more messages");
        }
    }
}
