using System.Buffers.Binary;
using System.Net.Sockets;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>The plain relay with clients as bare as it is: the limit.</summary>
internal sealed class RelayPeer : IPeer
{
    public string Name => "relay";

    public string Server => "relay";

    public bool Takes(Workload workload) => workload.Groups == 1;

    public async Task<IServers?> StartAsync() => await ServerProcess.StartSelfAsync("relay");

    public async Task<IPublisher> ConnectAsync(int port, string[] groups)
    {
        var socket = await FrameBuffer.ConnectAsync(port);
        await socket.SendAsync("P"u8.ToArray());
        return new Publisher(new FrameBuffer(socket));
    }

    public async Task<IAsyncDisposable> SubscribeAsync(int port, string[] groups, Receiver receiver)
    {
        var socket = await FrameBuffer.ConnectAsync(port);
        var answer = "S"u8.ToArray();
        await socket.SendAsync(answer);
        await socket.ReceiveAsync(answer);
        return new ReceiveLoop(socket, received => Dispatch(received, receiver));
    }

    private static int Dispatch(ReadOnlySpan<byte> received, Receiver receiver)
    {
        var at = 0;
        while (received.Length - at >= 4)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(received[at..]);
            if (received.Length - at - 4 < length) break;
            receiver.OnMessage(received.Slice(at + 4, length));
            at += 4 + length;
        }
        return at;
    }

    private sealed class Publisher(FrameBuffer buffer) : IPublisher
    {
        public ValueTask PublishAsync(int group, ReadOnlyMemory<byte> payload)
        {
            if (!buffer.HasRoom(4 + payload.Length)) return FlushAndPublishAsync(payload);
            Write(payload.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync() => buffer.FlushAsync();

        public ValueTask DisposeAsync()
        {
            buffer.Dispose();
            return ValueTask.CompletedTask;
        }

        private async ValueTask FlushAndPublishAsync(ReadOnlyMemory<byte> payload)
        {
            await buffer.FlushAsync();
            Write(payload.Span);
        }

        private void Write(ReadOnlySpan<byte> payload)
        {
            BinaryPrimitives.WriteInt32LittleEndian(buffer.Room, payload.Length);
            payload.CopyTo(buffer.Room[4..]);
            buffer.Advance(4 + payload.Length);
        }
    }
}
