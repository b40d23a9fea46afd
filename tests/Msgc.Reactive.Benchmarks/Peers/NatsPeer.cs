using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>nats-server with a bare client of its text protocol: <c>PUB subject length</c>, <c>MSG subject sid length</c>.</summary>
/// <param name="mesh">From one server to another of three.</param>
internal sealed class NatsPeer(bool mesh = false) : IPeer
{
    private int _publishPort;
    private int _probes;

    public string Name => mesh ? "nats mesh" : "nats";

    public string Server => mesh ? "nats-server mesh" : "nats-server";

    public string Yardstick => Name;

    public bool Takes(Workload workload) => !mesh || workload.IsPlain;

    // It cuts a subscriber off that is 64 MB behind.
    public int? WindowBytes => 16 * 1024 * 1024;

    public async Task<IServers?> StartAsync()
    {
        if (!mesh) return await StartAsync("");
        var ports = Ports.Take(ServerMesh.Servers);
        var routes = string.Join(',', ports.Select(port => $"nats://127.0.0.1:{port}"));
        var servers = await ServerMesh.StartAsync(i => StartAsync($" --cluster_name bench --cluster nats://127.0.0.1:{ports[i]} --routes {routes}"));
        _publishPort = servers?.PublishPort ?? 0;
        return servers;
    }

    public async Task<IPublisher> ConnectAsync(int port, string[] groups)
    {
        var socket = await FrameBuffer.ConnectAsync(port);
        await HandshakeAsync(socket, "");
        return new Publisher(new FrameBuffer(socket), [.. groups.Select(g => Encoding.ASCII.GetBytes($"PUB {g} "))]);
    }

    public async Task<IAsyncDisposable> SubscribeAsync(int port, string[] groups, Receiver receiver)
    {
        var socket = await FrameBuffer.ConnectAsync(port);
        await HandshakeAsync(socket, string.Concat(groups.Select((g, i) => $"SUB {g} {i}\r\n")));
        if (mesh) await ProbeAsync(socket);
        return new ReceiveLoop(socket, received => Dispatch(received, socket, receiver));
    }

    private static Task<ServerProcess?> StartAsync(string arguments) => ServerProcess.StartAsync("nats-server", $"-a 127.0.0.1 -p -1{arguments}", line =>
    {
        const string Listening = "Listening for client connections on 127.0.0.1:";
        var at = line.IndexOf(Listening, StringComparison.Ordinal);
        return at < 0 ? null : int.Parse(line[(at + Listening.Length)..], CultureInfo.InvariantCulture);
    });

    /// <summary>Says hello and what else, and waits until the server has handled it.</summary>
    private static async Task HandshakeAsync(Socket socket, string more)
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n" + more + "PING\r\n"));
        await ReceiveUntilAsync(socket, "PONG\r\n", new StringBuilder());
    }

    /// <summary>Waits until the publishers' server knows of the subscriptions, of which a mesh says nothing: publishes there until one comes through.</summary>
    private async Task ProbeAsync(Socket subscriber)
    {
        var subject = $"probe.{_probes++}";
        await HandshakeAsync(subscriber, $"SUB {subject} {int.MaxValue}\r\n");
        using var publisher = await FrameBuffer.ConnectAsync(_publishPort);
        var last = 1000;
        var answer = new StringBuilder();
        var first = ReceiveUntilAsync(subscriber, $"MSG {subject} ", answer);
        do await HandshakeAsync(publisher, $"PUB {subject} 4\r\n{++last}\r\n");
        while (await Task.WhenAny(first, Task.Delay(10)) != first);
        await ReceiveUntilAsync(subscriber, $"\r\n{last}\r\n", answer);
    }

    private static async Task ReceiveUntilAsync(Socket socket, string expected, StringBuilder answer)
    {
        var buffer = new byte[4096];
        while (!answer.ToString().Contains(expected, StringComparison.Ordinal))
        {
            var received = await socket.ReceiveAsync(buffer);
            if (received == 0) throw new InvalidOperationException($"nats-server has closed the connection; it said: {answer}");
            answer.Append(Encoding.ASCII.GetString(buffer, 0, received));
        }
    }

    private static int Dispatch(ReadOnlySpan<byte> received, Socket socket, Receiver receiver)
    {
        var at = 0;
        while (true)
        {
            var rest = received[at..];
            var end = rest.IndexOf((byte)'\n');
            if (end < 0) return at;
            if (rest[0] == 'M')
            {
                var digits = rest[(rest[..(end - 1)].LastIndexOf((byte)' ') + 1)..(end - 1)];
                Utf8Parser.TryParse(digits, out int length, out _);
                if (rest.Length < end + 1 + length + 2) return at;
                receiver.OnMessage(rest.Slice(end + 1, length));
                end += length + 2;
            }
            else if (rest.StartsWith("PING"u8))
            {
                socket.Send("PONG\r\n"u8);
            }
            at += end + 1;
        }
    }

    private sealed class Publisher(FrameBuffer buffer, byte[][] heads) : IPublisher
    {
        private const int MostDigits = 10;

        public ValueTask PublishAsync(int group, ReadOnlyMemory<byte> payload)
        {
            var head = heads[group];
            if (!buffer.HasRoom(head.Length + MostDigits + 4 + payload.Length)) return FlushAndPublishAsync(head, payload);
            Write(head, payload.Span);
            return ValueTask.CompletedTask;
        }

        public ValueTask FlushAsync() => buffer.FlushAsync();

        public ValueTask DisposeAsync()
        {
            buffer.Dispose();
            return ValueTask.CompletedTask;
        }

        private async ValueTask FlushAndPublishAsync(byte[] head, ReadOnlyMemory<byte> payload)
        {
            await buffer.FlushAsync();
            Write(head, payload.Span);
        }

        private void Write(byte[] head, ReadOnlySpan<byte> payload)
        {
            var room = buffer.Room;
            head.CopyTo(room);
            Utf8Formatter.TryFormat(payload.Length, room[head.Length..], out var digits);
            var at = head.Length + digits;
            "\r\n"u8.CopyTo(room[at..]);
            payload.CopyTo(room[(at + 2)..]);
            "\r\n"u8.CopyTo(room[(at + 2 + payload.Length)..]);
            buffer.Advance(at + 4 + payload.Length);
        }
    }
}
