using System.Collections.Concurrent;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;

namespace Msgc.Reactive.IntegrationTests;

/// <summary>The whole, on real sockets and threads.</summary>
public sealed class ClientServerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Many_threads_publish_into_one_group_and_every_message_arrives_once_and_in_order()
    {
        const int Threads = 8, Each = 20_000;
        await using var server = await Start();
        await using var publisher = await Connect(server);
        await using var member = await Connect(server);
        var numbers = new List<long>();
        var perThread = new int[Threads];
        var wrong = new ConcurrentQueue<string>();
        var all = new TaskCompletionSource();
        using var subscription = member.Group("x").Subscribe(m =>
        {
            numbers.Add(m.Number);
            int thread = m.Payload.Span[0], at = BitConverter.ToInt32(m.Payload.Span[1..]);
            if (perThread[thread]++ != at) wrong.Enqueue($"thread {thread}: {at} after {perThread[thread] - 2}");
            if (numbers.Count == Threads * Each) all.SetResult();
        });
        await member.Group("x").WhenJoinedAsync();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++) await publisher.Group("x").PublishAsync((byte[])[(byte)thread, .. BitConverter.GetBytes(i)]);
        })));
        await publisher.FlushAsync().WaitAsync(Patience);
        await all.Task.WaitAsync(Patience);
        Assert.Empty(wrong);
        Assert.Equal(Enumerable.Range(1, Threads * Each).Select(n => (long)n), numbers);
    }

    [Fact]
    public async Task Unix_sockets_and_tcp_reach_the_same_server()
    {
        var path = Path.Combine(Path.GetTempPath(), $"msgc-{Guid.NewGuid():N}.sock");
        await using var server = await MsgcServer.StartAsync(new MsgcServerOptions { Listen = [path, "127.0.0.1:0"], NodeName = "s" });
        await using var over = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [path], Name = "unix" });
        await using var tcp = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [server.Endpoints[1].ToString()], Name = "tcp" });
        var heard = over.Group("x").FirstAsync().ToTask();
        await over.Group("x").WhenJoinedAsync();
        await tcp.Group("x").PublishAsync("hello"u8.ToArray());
        Assert.Equal("hello", Encoding.UTF8.GetString((await heard.WaitAsync(Patience)).Payload.Span));
    }

    [Fact]
    public async Task A_members_connection_survives_a_server_that_restarts_on_its_port()
    {
        var server = await Start();
        var endpoint = server.Endpoints[0].ToString();
        await using var member = await MsgcClient.ConnectAsync(
            new MsgcClientOptions { Servers = [endpoint], Name = "m", ReconnectInterval = TimeSpan.FromMilliseconds(50) });
        var events = new BlockingCollection<MsgcGroupEvent>();
        using var subscription = member.Group("x").Events.Where(e => e.View is null).Subscribe(events.Add);
        await member.Group("x").WhenJoinedAsync();
        await server.DisposeAsync();
        await using var again = await MsgcServer.StartAsync(new MsgcServerOptions { Listen = [endpoint], NodeName = "s" });
        Assert.Equal(MsgcGapCause.ConnectionLost, Take(events).Gap?.Cause);
        await member.Group("x").WhenJoinedAsync().WaitAsync(Patience);
        await member.Group("x").PublishAsync("back"u8.ToArray());
        Assert.NotNull(Take(events).Message);
    }

    [Fact]
    public async Task With_a_users_scheduler_everything_runs_on_it()
    {
        using var loop = new EventLoopScheduler();
        await using var server = await Start();
        await using var client = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [server.Endpoints[0].ToString()], Name = "c", Scheduler = loop });
        var thread = await Observable.Return(0, loop).Select(_ => Environment.CurrentManagedThreadId).ToTask();
        var threads = new ConcurrentQueue<int>();
        var seen = 0;
        var done = new TaskCompletionSource();
        using var subscription = client.Group("x").Subscribe(_ =>
        {
            threads.Enqueue(Environment.CurrentManagedThreadId);
            if (++seen == 1000) done.SetResult();
        });
        await client.Group("x").WhenJoinedAsync();
        for (var i = 0; i < 1000; i++) await client.Group("x").PublishAsync(new byte[100]);
        await done.Task.WaitAsync(Patience);
        Assert.Equal([thread], threads.Distinct());
    }

    [Fact]
    public async Task An_observer_that_blocks_on_the_clients_disposal_does_not_deadlock()
    {
        await using var server = await Start();
        var client = await Connect(server);
        var ended = new TaskCompletionSource();
        client.Group("x").Subscribe(_ => client.DisposeAsync().AsTask().GetAwaiter().GetResult(), ended.SetResult);
        await client.Group("x").WhenJoinedAsync();
        await client.Group("x").PublishAsync(default);
        await ended.Task.WaitAsync(Patience);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Waiting_observations_of_small_capacity_never_stop_and_leave_nothing_paused(int capacity)
    {
        const int Messages = 20_000;
        await using var server = await Start();
        await using var publisher = await Connect(server);
        await using var member = await Connect(server);
        var direct = 0;
        var all = new TaskCompletionSource();
        using var subscription = member.Group("x").Observe(capacity, BoundedChannelFullMode.Wait).Subscribe(_ =>
        {
            if (++direct == Messages) all.SetResult();
        });
        var reading = Task.Run(async () =>
        {
            // Many short enumerations: each ends while messages are on their way to it.
            for (var i = 0; i < 200; i++)
            {
                await foreach (var _ in member.Group("x").ReadAllAsync(capacity)) break;
            }
        });
        await member.Group("x").WhenJoinedAsync();
        for (var i = 0; i < Messages; i++) await publisher.Group("x").PublishAsync(new byte[20]);
        await all.Task.WaitAsync(Patience);
        while (!reading.IsCompleted) await publisher.Group("x").PublishAsync(new byte[20]);
        await reading;
        await member.FlushAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task A_late_observer_without_an_error_handler_does_not_bring_the_process_down()
    {
        await using var server = await MsgcServer.StartAsync(new MsgcServerOptions { Listen = ["127.0.0.1:0"], Authorize = _ => "never" });
        using var client = new MsgcClient(new MsgcClientOptions { Servers = [server.Endpoints[0].ToString()] });
        var ended = new TaskCompletionSource();
        client.Group("x").Subscribe(_ => { }, _ => ended.SetResult());
        await ended.Task.WaitAsync(Patience);
        client.State.Subscribe(_ => { });
        client.Group("x").Membership.Subscribe(_ => { });
        await Assert.ThrowsAsync<MsgcRefusedException>(() => client.FlushAsync());
        await client.DisposeAsync();
    }

    [Fact]
    public async Task A_client_on_sockets_is_kept_alive_by_its_subscription_alone()
    {
        await using var server = await Start();
        await using var publisher = await Connect(server);
        var heard = new BlockingCollection<MsgcMessage>();
        await Abandon(server, heard);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await publisher.Group("x").PublishAsync("still there?"u8.ToArray());
            Assert.Equal(i + 1, Take(heard).Number);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task Abandon(MsgcServer server, BlockingCollection<MsgcMessage> heard)
        {
            var client = await Connect(server);
            client.Group("x").Subscribe(heard.Add);
            await client.Group("x").WhenJoinedAsync();
        }
    }

    [Fact]
    public async Task A_large_message_arrives_whole()
    {
        await using var server = await Start();
        await using var client = await Connect(server);
        var payload = new byte[1024 * 1024 - 24 - 1];
        new Random(1).NextBytes(payload);
        var heard = client.Group("x").FirstAsync().ToTask();
        await client.Group("x").WhenJoinedAsync();
        await client.Group("x").PublishAsync(payload);
        Assert.True((await heard.WaitAsync(Patience)).Payload.Span.SequenceEqual(payload));
    }

    [Fact]
    public async Task Nothing_is_kept_after_everything_is_disposed()
    {
        var server = await Start();
        var publisher = await Connect(server);
        var members = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Connect(server)));
        foreach (var member in members) member.Group("x").Subscribe(_ => { });
        foreach (var member in members) await member.Group("x").WhenJoinedAsync();
        for (var i = 0; i < 50_000; i++) await publisher.Group("x").PublishAsync(new byte[200]);
        foreach (var member in members) member.Dispose();
        await publisher.DisposeAsync();
        await server.DisposeAsync();
        Assert.Equal(0, server.Pool.Outstanding);
        Assert.Equal(0, publisher.Pool.Outstanding);
    }

    private static Task<MsgcServer> Start() => MsgcServer.StartAsync(new MsgcServerOptions { Listen = ["127.0.0.1:0"], NodeName = "s" });

    private static Task<MsgcClient> Connect(MsgcServer server) =>
        MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [server.Endpoints[0].ToString()] }).WaitAsync(Patience);

    private static T Take<T>(BlockingCollection<T> items)
    {
        Assert.True(items.TryTake(out var item, Patience), "nothing came");
        return item;
    }
}
