namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>A mesh of server processes on loopback, with a client of each in this process. (contract, "§4" and "§6")</summary>
public sealed class MeshProcessTests
{
    /// <summary>Of all members together: less than half of what a queue holds, so that nobody is stuck however starved this machine is.</summary>
    private const int Round = 2_000;

    private static readonly string[] Names = ["one", "two", "three", "four", "five", "six", "seven"];

    [Fact]
    public async Task Seven_servers_carry_a_load_to_all_members_without_a_loss_a_duplicate_or_a_gap()
    {
        const int Messages = 100_000;
        await using var mesh = await MeshProcesses.StartAsync(Names);
        await using var members = await Members.JoinAsync(Names.Select((name, i) => ($"at {name}", (string[])[mesh.Endpoints[i]])));
        members.ForgetViewsAndGaps();

        for (var sent = 0; sent < Messages;)
        {
            for (var end = sent + Round; sent < end; sent++) await members.All[sent % members.All.Length].PublishAsync();
            await members.EachAsync(member => member.Client.FlushAsync().WaitAsync(TimeSpan.FromSeconds(30)));
            await members.EachAsync(member => member.WhenAsync(m => m.Received == sent, $"{sent} messages"));
        }

        AssertNoLoss(mesh, members.All);
        foreach (var member in members.All)
        {
            Assert.Empty(member.Wrong);
            Assert.Empty(member.Gaps);
            Assert.All(members.All, sender => Assert.Equal((1, sender.Sent, sender.Sent), member.From(sender)));
        }
    }

    [Fact]
    public async Task A_server_killed_under_load_costs_those_at_the_others_nothing_and_its_clients_go_on_at_their_second_server()
    {
        const int Killed = 3, Next = 4;
        await using var mesh = await MeshProcesses.StartAsync(Names);
        // One client a server, two of the one that is killed: each lists its own server and the next one.
        await using var members = await Members.JoinAsync([.. Names.Select((name, i) => Client($"at {name}", mesh, i)), Client("another", mesh, Killed)]);
        MeshMember[] movers = [members.All[Killed], members.All[^1]];
        var stayers = members.All.Except(movers).ToArray();
        await members.EachAsync(member => member.WhenAsync(m => m.Views is [.., { Members.Count: 8 }], "all members' views"));
        members.ForgetViewsAndGaps();

        // A flush completes when its own server has handled what was published, and what it had queued for the client by then has come.
        async Task RoundAsync()
        {
            await members.EachAsync(async member =>
            {
                for (var i = 0; i < Round / members.All.Length; i++) await member.PublishAsync();
                await (movers.Contains(member) ? FlushAfterLossAsync(member) : member.Client.FlushAsync().WaitAsync(TimeSpan.FromSeconds(30)));
            });
            await Members.EachAsync(stayers, member => member.WhenAsync(m => stayers.All(sender => m.From(sender).Last == sender.Sent), "a round"));
        }

        for (var i = 0; i < 5; i++) await RoundAsync();
        await Members.EachAsync(stayers, member => member.WhenAsync(m => m.Received == 5 * Round, "all messages before the kill"));
        var round = RoundAsync();
        await stayers[0].WhenAsync(m => m.Received > 5 * Round + Round / 4, "a part of a round");
        await mesh[Killed].SignalAsync("KILL");
        await round;
        while (!stayers.All(m => m.Views is [.., var last] && AllBack(last, movers, Names[Next]))) await RoundAsync();
        for (var i = 0; i < 5; i++) await RoundAsync();
        foreach (var mover in movers) await mover.Client.Group(MeshMember.GroupName).WhenJoinedAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await RoundAsync();
        await members.EachAsync(member => member.WhenAsync(m => members.All.All(sender => m.From(sender).Last == sender.Sent), "the last round"));

        AssertNoLoss(mesh, stayers);
        Assert.All(movers, mover => Assert.StartsWith(Names[Killed], Assert.Single(mover.Losses), StringComparison.Ordinal));
        foreach (var member in stayers)
        {
            Assert.Empty(member.Wrong);
            Assert.All(stayers, sender => Assert.Equal((1, sender.Sent, sender.Sent), member.From(sender)));
            Assert.Equal([Names[Killed]], member.Gaps.Where(gap => gap.Cause == MsgcGapCause.LinkLost).Select(gap => gap.Server));
            // One view for the loss and one for each return, fewer when they came so close that they were merged.
            Assert.InRange(member.Views.Length, 1, 1 + movers.Length);
            Assert.All(member.Views, view => Assert.Contains(view.Cause, new[] { MsgcViewCause.Partition, MsgcViewCause.Join }));
            Assert.All(member.Views.SelectMany(view => view.Joined.Concat(view.Left)), m => Assert.Contains(m.Id, movers.Select(mover => mover.Client.Id)));
            for (var i = 0; i < movers.Length; i++)
            {
                var (first, last, count) = member.From(movers[i]);
                Assert.Equal(1, first);
                Assert.Equal(last - count, member.Gaps.Where(gap => gap.Sender == movers[i].Client.Id).Sum(gap => gap.Count));
            }
        }
        Assert.All(movers, mover => Assert.Empty(mover.Wrong));
        Assert.All(movers, mover => Assert.Contains(mover.Gaps, gap => gap is { Cause: MsgcGapCause.ConnectionLost, Server: var server } && server == Names[Killed]));
    }

    [Fact]
    public async Task The_loss_of_a_server_is_one_view_for_all_its_clients_and_each_return_is_another()
    {
        await using var mesh = await MeshProcesses.StartAsync(["one", "two", "three"]);
        await using var members = await Members.JoinAsync(
            [Client("stays at one", mesh, 0), Client("stays at two", mesh, 1), ("first", [mesh.Endpoints[2]]), ("second", [mesh.Endpoints[2]])]);
        MeshMember[] movers = members.All[2..], stayers = members.All[..2];
        await members.EachAsync(member => member.WhenAsync(m => m.Views is [.., { Members.Count: 4 }], "all members' views"));
        members.ForgetViewsAndGaps();

        await mesh[2].SignalAsync("KILL");
        await Members.EachAsync(stayers, member => member.WhenAsync(m => m.Views.Length > 0, "the view of the loss"));
        for (var i = 0; i < movers.Length; i++)
        {
            movers[i].Client.Configure(movers[i].Client.Options with { Servers = [mesh.Endpoints[2], mesh.Endpoints[0]] });
            await Members.EachAsync(stayers, member => member.WhenAsync(m => m.Views.Length == i + 2, "the view of a return"));
        }

        foreach (var member in stayers)
        {
            Assert.Equal([MsgcViewCause.Partition, MsgcViewCause.Join, MsgcViewCause.Join], member.Views.Select(view => view.Cause));
            Assert.Equal(["", "first", "second"], member.Views.Select(view => NamesOf(view.Joined)));
            Assert.Equal(["first second", "", ""], member.Views.Select(view => NamesOf(view.Left)));
            Assert.True(AllBack(member.Views[^1], movers, "one"), $"{member.Views[^1]}");
        }
        Assert.Equal(stayers[0].Views.Select(view => view.Id), stayers[1].Views.Select(view => view.Id));
    }

    private static void AssertNoLoss(MeshProcesses mesh, IEnumerable<MeshMember> members)
    {
        var losses = string.Join(Environment.NewLine, members.SelectMany(member => member.Losses.Select(loss => $"{member.Client.Name} lost {loss}")));
        Assert.True(losses.Length == 0, $"{losses}{Environment.NewLine}{mesh.Errors}");
    }

    private static (string Name, string[] Servers) Client(string name, MeshProcesses mesh, int server) =>
        (name, [mesh.Endpoints[server], mesh.Endpoints[(server + 1) % mesh.Endpoints.Length]]);

    private static bool AllBack(MsgcView view, MeshMember[] movers, string server) =>
        movers.All(mover => view.Members.Any(member => member.Id == mover.Client.Id && member.ServerName == server));

    private static string NamesOf(IEnumerable<MsgcMember> members) => string.Join(' ', members.Select(member => member.ClientName).Order(StringComparer.Ordinal));

    /// <summary>A flush that covers what the lost connection may have taken fails, and says so; the next one is of what is left.</summary>
    private static async Task FlushAfterLossAsync(MeshMember mover)
    {
        try
        {
            await mover.Client.FlushAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (MsgcLostException lost)
        {
            Assert.InRange(lost.Count, 1, mover.Sent);
        }
    }

    /// <summary>Members that end together.</summary>
    private sealed class Members(MeshMember[] all) : IAsyncDisposable
    {
        public MeshMember[] All => all;

        public static async Task<Members> JoinAsync(IEnumerable<(string Name, string[] Servers)> clients)
        {
            var joined = new List<MeshMember>();
            try
            {
                foreach (var (name, servers) in clients) joined.Add(await MeshMember.JoinAsync(name, servers));
                return new Members([.. joined]);
            }
            catch
            {
                await new Members([.. joined]).DisposeAsync();
                throw;
            }
        }

        public static Task EachAsync(IEnumerable<MeshMember> members, Func<MeshMember, Task> work) => Task.WhenAll(members.Select(work));

        public Task EachAsync(Func<MeshMember, Task> work) => EachAsync(all, work);

        public void ForgetViewsAndGaps() => Array.ForEach(all, member => member.ForgetViewsAndGaps());

        public async ValueTask DisposeAsync()
        {
            foreach (var member in all) await member.DisposeAsync();
        }
    }
}
