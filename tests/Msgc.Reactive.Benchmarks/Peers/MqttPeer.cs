using System.Buffers;
using MQTTnet;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>MQTTnet's broker and client, at most once (QoS 0).</summary>
internal sealed class MqttPeer : IPeer
{
    private static readonly MqttClientFactory Factory = new();

    public string Name => "mqttnet";

    public string Server => "mqttnet";

    // Its broker drops what a subscriber is too far behind with.
    public int? WindowBytes => 1024 * 1024;

    public bool Takes(Workload workload) => workload.Groups == 1;

    public async Task<IServers?> StartAsync() => await ServerProcess.StartSelfAsync("mqtt");

    public async Task<IPublisher> ConnectAsync(int port, string[] groups) => new Publisher(await ClientAsync(port, _ => { }), groups);

    public async Task<IAsyncDisposable> SubscribeAsync(int port, string[] groups, Receiver receiver)
    {
        var client = await ClientAsync(port, payload => receiver.OnMessage(payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray()));
        foreach (var group in groups) await client.SubscribeAsync(group);
        return new Subscriber(client);
    }

    private static async Task<IMqttClient> ClientAsync(int port, Action<ReadOnlySequence<byte>> received)
    {
        var client = Factory.CreateMqttClient();
        client.ApplicationMessageReceivedAsync += e =>
        {
            received(e.ApplicationMessage.Payload);
            return Task.CompletedTask;
        };
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).Build());
        return client;
    }

    private sealed class Publisher(IMqttClient client, string[] groups) : IPublisher
    {
        public async ValueTask PublishAsync(int group, ReadOnlyMemory<byte> payload) =>
            await client.PublishAsync(new MqttApplicationMessage { Topic = groups[group], Payload = new ReadOnlySequence<byte>(payload) });

        public ValueTask FlushAsync() => ValueTask.CompletedTask; // each publish is sent

        public ValueTask DisposeAsync() => new Subscriber(client).DisposeAsync();
    }

    private sealed class Subscriber(IMqttClient client) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            using (client) await client.DisconnectAsync();
        }
    }
}
