using System.Net;
using System.Net.Sockets;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;

namespace Msgc.Reactive.IntegrationTests;

/// <summary>Servers that stop gracefully and start again, one after the other, on real sockets and threads. (contract, "§6")</summary>
public sealed class RollingRestartTests
{
    private const int Rounds = 6;
    private const int EachRound = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Two_linked_servers_that_restart_in_turn_under_load_lose_repeat_and_reorder_nothing()
    {
        var ports = FreePorts(2);
        var peers = new Dictionary<string, string> { ["a"] = $"127.0.0.1:{ports[0]}", ["b"] = $"127.0.0.1:{ports[1]}" };
        string[] names = ["a", "b"], reversed = ["b", "a"];
        var servers = new MsgcServer[2];
        for (var i = 0; i < 2; i++) servers[i] = await Start(names[i], peers);
        await Linked(servers);
        var members = new List<Member>();
        for (var i = 0; i < 4; i++) members.Add(await Member.In((i % 2 == 0 ? names : reversed).Select(name => peers[name])));

        using var publishing = new CancellationTokenSource();
        var loads = members.ConvertAll(member => Task.Run(() => member.PublishAsync(publishing.Token)));
        for (var round = 0; round < Rounds; round++)
        {
            await Task.WhenAll(members.Select(m => m.More(members, EachRound)));
            await servers[round % 2].StopAsync().WaitAsync(Patience);
            servers[round % 2] = await Start(names[round % 2], peers);
            await Linked(servers);
        }
        await publishing.CancelAsync();
        await Task.WhenAll(loads).WaitAsync(Patience);
        await Task.WhenAll(members.Select(m => m.Client.FlushAsync())).WaitAsync(Patience);
        foreach (var member in members) await member.Seen(members.ToDictionary(m => m.Client.Id, m => m.Published));
        Assert.All(members, m => Assert.Empty(m.Wrong));
        // The first stop moves those that began there, each later one all. On a busy machine the second of a list may have answered first.
        Assert.All(members, m => Assert.Equal(m.FirstServer == "a" ? 1 + Rounds : Rounds, m.Connections));
        foreach (var member in members) await member.Client.DisposeAsync();
        foreach (var server in servers) await server.DisposeAsync();
        Assert.All(servers, s => Assert.Equal(0, s.Pool.Outstanding));
        Assert.All(members, m => Assert.Equal(0, m.Client.Pool.Outstanding));
    }

    private static Task<MsgcServer> Start(string name, Dictionary<string, string> peers) => MsgcServer.StartAsync(new MsgcServerOptions
    {
        Listen = [peers[name]], NodeName = name, Peers = peers, ReconnectInterval = TimeSpan.FromMilliseconds(50), MaxBacklog = Member.MaxBacklog,
    });

    private static Task Linked(MsgcServer[] servers) => Task.WhenAll(
        servers.Select(server => server.Peers.FirstAsync(peers => peers.All(p => p.Phase == MsgcPeerPhase.Linked)).ToTask().WaitAsync(Patience)));

    /// <summary>Free ports below those that the system gives to outgoing connections: one of these must not take a port whose server is away.</summary>
    private static int[] FreePorts(int count)
    {
        var ports = new List<int>();
        for (var port = 20_000 + (Environment.ProcessId % 10_000); ports.Count < count; port++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            }
            catch (SocketException)
            {
                continue;
            }
            ports.Add(port);
        }
        return [.. ports];
    }

    /// <summary>A client that publishes to the group and checks what it hears there from the first message on.</summary>
    private sealed class Member
    {
        /// <summary>More than can be under way while a client moves, however slow the machine is.</summary>
        public const int MaxBacklog = 200_000;

        private readonly Dictionary<MsgcClientId, long> _last = [];
        private readonly Lock _gate = new();
        private (Dictionary<MsgcClientId, long> Goal, TaskCompletionSource Reached)? _goal;

        public required MsgcClient Client { get; init; }

        public long Published { get; private set; }

        public int Connections { get; private set; }

        public string? FirstServer { get; private set; }

        /// <summary>Whatever came that should not have.</summary>
        public List<string> Wrong { get; } = [];

        public static async Task<Member> In(IEnumerable<string> servers)
        {
            var member = new Member
            {
                Client = new MsgcClient(new MsgcClientOptions
                {
                    Servers = [.. servers], ReconnectInterval = TimeSpan.FromMilliseconds(50), MaxBacklog = MaxBacklog,
                }),
            };
            member.Client.State.Subscribe(member.Take);
            member.Client.Diagnostics.Subscribe(d => member.Note($"{d.Kind} {d.Count} {d.Error}"));
            member.Client.Group("x").Events.Subscribe(member.Take);
            await member.Client.Group("x").WhenJoinedAsync().WaitAsync(Patience);
            return member;
        }

        public async Task PublishAsync(CancellationToken end)
        {
            while (!end.IsCancellationRequested)
            {
                for (var i = 0; i < 10; i++, Published++) await Client.Group("x").PublishAsync(new byte[100], CancellationToken.None);
                await Task.Delay(1, CancellationToken.None);
            }
        }

        /// <summary>Completes when so many more messages of each of these have come.</summary>
        public Task More(List<Member> members, int count)
        {
            lock (_gate) return Seen(members.ToDictionary(m => m.Client.Id, m => _last.GetValueOrDefault(m.Client.Id) + count));
        }

        /// <summary>Completes when each sender's message of that number has come.</summary>
        public async Task Seen(Dictionary<MsgcClientId, long> goal)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_gate)
            {
                _goal = (goal, reached);
                Look();
            }
            try
            {
                await reached.Task.WaitAsync(Patience);
            }
            catch (TimeoutException)
            {
                lock (_gate)
                {
                    var missing = goal.Select(g => $"{g.Key}: {_last.GetValueOrDefault(g.Key)} of {g.Value}");
                    Assert.Fail($"what has not come: {string.Join(", ", missing)}; what has gone wrong: {string.Join("; ", Wrong)}");
                }
            }
        }

        private void Take(MsgcConnectionState state)
        {
            if (state.Phase == MsgcConnectionPhase.Connected)
            {
                Connections++;
                FirstServer ??= state.ServerName;
            }
            if (state.Phase == MsgcConnectionPhase.Lost) Note($"{state}");
        }

        private void Take(MsgcGroupEvent e)
        {
            lock (_gate)
            {
                if (e.Gap is { Cause: not MsgcGapCause.LinkLost } gap) Wrong.Add($"{gap}"); // a new link's gap is told, though nothing is missing
                if (!e.TryGetMessage(out var message)) return;
                var last = _last.GetValueOrDefault(message.Sender);
                if (message.Number != last + 1) Wrong.Add($"{message.Sender}: {message.Number} after {last}");
                _last[message.Sender] = message.Number;
                Look();
            }
        }

        private void Note(string wrong)
        {
            lock (_gate) Wrong.Add(wrong);
        }

        private void Look()
        {
            if (_goal is { } goal && goal.Goal.All(g => _last.GetValueOrDefault(g.Key) >= g.Value)) goal.Reached.TrySetResult();
        }
    }
}
