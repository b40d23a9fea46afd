using System.Reactive.Linq;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>Ourselves, through the public API with default options.</summary>
/// <param name="linq">With <c>Where</c> and <c>Select</c> at the subscriber.</param>
/// <param name="fastSockets">With the runtime's inline socket completions at the server, which are about latency.</param>
/// <param name="mesh">From one server to another.</param>
internal sealed class MsgcPeer(bool linq = false, bool fastSockets = false, bool mesh = false) : IPeer
{
    public string Name => linq ? "msgc+linq" : Server;

    public string Server => fastSockets ? "msgc fast sockets" : mesh ? "msgc mesh" : "msgc";

    public string Yardstick => mesh ? "nats mesh" : "nats";

    public bool Takes(Workload workload) => !(fastSockets || mesh) || workload.IsPlain;

    public async Task<IServers?> StartAsync()
    {
        if (!mesh) return await ServerProcess.StartSelfAsync("msgc", fastSockets);
        string[] all = [.. Ports.Take(ServerMesh.Servers).Select((port, i) => $"s{i}=127.0.0.1:{port}")];
        return await ServerMesh.StartAsync(async i => await ServerProcess.StartSelfAsync("msgc", false, [$"s{i}", .. all]));
    }

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
