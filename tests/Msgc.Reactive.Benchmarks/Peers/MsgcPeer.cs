using System.Reactive.Linq;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>Ourselves, through the public API with default options.</summary>
/// <param name="linq">With <c>Where</c> and <c>Select</c> at the subscriber.</param>
/// <param name="fastSockets">With the runtime's inline socket completions at the server, which are about latency.</param>
internal sealed class MsgcPeer(bool linq = false, bool fastSockets = false) : IPeer
{
    public string Name => linq ? "msgc+linq" : fastSockets ? "msgc, fast sockets" : "msgc";

    public string Server => fastSockets ? "msgc, fast sockets" : "msgc";

    public bool Takes(Workload workload) => !fastSockets || workload.PerSecond is not null;

    public async Task<ServerProcess?> StartAsync() => await ServerProcess.StartSelfAsync("msgc", fastSockets);

    public async Task<IPublisher> ConnectAsync(int port, string[] groups) => new Publisher(await ClientAsync(port), groups);

    public async Task<IAsyncDisposable> SubscribeAsync(int port, string[] groups, Receiver receiver)
    {
        var client = await ClientAsync(port);
        foreach (var group in groups) Subscribe(client.Group(group), receiver);
        foreach (var group in groups) await client.Group(group).WhenJoinedAsync();
        return client;
    }

    private static Task<MsgcClient> ClientAsync(int port) => MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [$"127.0.0.1:{port}"] });

    private IDisposable Subscribe(MsgcGroup group, Receiver receiver) => linq
        ? group.Where(message => message.Number > 0).Select(message => message.Payload).Subscribe(payload => receiver.OnMessage(payload.Span))
        : group.Subscribe(message => receiver.OnMessage(message.Payload.Span));

    private sealed class Publisher(MsgcClient client, string[] names) : IPublisher
    {
        private readonly MsgcGroup[] _groups = [.. names.Select(client.Group)];

        public ValueTask PublishAsync(int group, ReadOnlyMemory<byte> payload) => _groups[group].PublishAsync(payload);

        public ValueTask FlushAsync() => ValueTask.CompletedTask; // it sends by itself

        public ValueTask DisposeAsync() => client.DisposeAsync();
    }
}
