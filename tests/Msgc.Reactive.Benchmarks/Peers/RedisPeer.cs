using StackExchange.Redis;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>Redis with StackExchange.Redis: channels, published to without waiting for the answers.</summary>
internal sealed class RedisPeer : IPeer
{
    public string Name => "redis";

    public string Server => "redis-server";

    // The client queues without bounds, and so does the server when it is told not to cut off.
    public int? WindowBytes => 16 * 1024 * 1024;

    // Each channel's messages come on a thread of their own.
    public bool Takes(Workload workload) => workload.Groups == 1;

    public async Task<IServers?> StartAsync()
    {
        var port = Ports.Take(1)[0];
        return await ServerProcess.StartAsync(
            "redis-server", $"--bind 127.0.0.1 --port {port} --save \"\" --client-output-buffer-limit pubsub 0 0 0",
            line => line.Contains("Ready to accept connections", StringComparison.Ordinal) ? port : null, logsToOutput: true);
    }

    public async Task<IPublisher> ConnectAsync(int port, string[] groups) => new Publisher(await ConnectionAsync(port), [.. groups.Select(RedisChannel.Literal)]);

    public async Task<IAsyncDisposable> SubscribeAsync(int port, string[] groups, Receiver receiver)
    {
        var connection = await ConnectionAsync(port);
        var queue = await connection.GetSubscriber().SubscribeAsync(RedisChannel.Literal(groups[0]));
        queue.OnMessage(message => receiver.OnMessage(((ReadOnlyMemory<byte>)message.Message).Span));
        return connection;
    }

    private static Task<ConnectionMultiplexer> ConnectionAsync(int port) => ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port}");

    private sealed class Publisher(ConnectionMultiplexer connection, RedisChannel[] channels) : IPublisher
    {
        private readonly ISubscriber _subscriber = connection.GetSubscriber();

        public ValueTask PublishAsync(int group, ReadOnlyMemory<byte> payload)
        {
            _ = _subscriber.PublishAsync(channels[group], payload.ToArray(), CommandFlags.FireAndForget); // the client keeps it until it is sent
            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync() => ValueTask.CompletedTask; // it sends by itself

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
