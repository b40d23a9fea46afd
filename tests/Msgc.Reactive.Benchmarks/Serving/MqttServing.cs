using System.Net;
using MQTTnet.Server;
using Msgc.Reactive.Benchmarks.Peers;

namespace Msgc.Reactive.Benchmarks.Serving;

/// <summary>MQTTnet's broker, with queues that hold what the benchmark has under way.</summary>
internal sealed class MqttServing(MqttServer server, int port) : IServing
{
    public int Port => port;

    public static async Task<IServing> StartAsync()
    {
        var port = Ports.Take(1)[0];
        var server = new MqttServerFactory().CreateMqttServer(new MqttServerOptionsBuilder()
            .WithDefaultEndpoint().WithDefaultEndpointBoundIPAddress(IPAddress.Loopback).WithDefaultEndpointPort(port)
            .WithMaxPendingMessagesPerClient(1_000_000).Build());
        await server.StartAsync();
        return new MqttServing(server, port);
    }

    public async ValueTask DisposeAsync()
    {
        await server.StopAsync();
        server.Dispose();
    }
}
