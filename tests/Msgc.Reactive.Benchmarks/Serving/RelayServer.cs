using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Msgc.Reactive.Benchmarks.Serving;

/// <summary>
/// The limit that a server in .NET can come near: no groups, no queue, no accounting. Whole frames (u32 length of what follows, then that)
/// of each received block go to all subscribers in one send each. A connection's first byte says what it is: S or P.
/// </summary>
internal sealed class RelayServer : IServing
{
    private const int BlockBytes = 128 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock _gate = new();
    private volatile Subscriber[] _subscribers = [];

    public RelayServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _ = AcceptAsync(); // lives as long as the process
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var socket = await _listener.AcceptAsync();
            socket.NoDelay = true;
            socket.SendBufferSize = socket.ReceiveBufferSize = BlockBytes;
            _ = ServeAsync(socket);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        var block = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);
        Subscriber? subscriber = null;
        try
        {
            if (await socket.ReceiveAsync(block.AsMemory(0, 1)) == 0) return;
            if (block[0] != (byte)'S')
            {
                await RelayAsync(socket, block);
                return;
            }
            lock (_gate) _subscribers = [.. _subscribers, subscriber = new Subscriber(socket)];
            await socket.SendAsync(block.AsMemory(0, 1)); // the answer: it is in force
            await socket.ReceiveAsync(block);             // the end
        }
        catch (SocketException)
        {
            // The end as well.
        }
        finally
        {
            lock (_gate) _subscribers = [.. _subscribers.Where(s => s != subscriber)];
            socket.Dispose();
        }
    }

    private async Task RelayAsync(Socket socket, byte[] block)
    {
        var end = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(block.AsMemory(end));
            if (received == 0) return;
            end += received;
            var whole = WholeFrames(block.AsSpan(0, end));
            if (whole == 0) continue;
            foreach (var subscriber in _subscribers) await subscriber.SendAsync(block.AsMemory(0, whole));
            block.AsSpan(whole, end - whole).CopyTo(block);
            end -= whole;
        }
    }

    private static int WholeFrames(ReadOnlySpan<byte> received)
    {
        var at = 0;
        while (received.Length - at >= 4)
        {
            var next = at + 4 + BinaryPrimitives.ReadInt32LittleEndian(received[at..]);
            if (next > received.Length) break;
            at = next;
        }
        return at;
    }

    /// <summary>One send at a time, since several publishers meet here.</summary>
    private sealed class Subscriber(Socket socket)
    {
        private readonly SemaphoreSlim _turn = new(1);

        public async ValueTask SendAsync(ReadOnlyMemory<byte> frames)
        {
            await _turn.WaitAsync();
            try
            {
                await socket.SendAsync(frames);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // Gone; its own loop notices.
            }
            finally
            {
                _turn.Release();
            }
        }
    }
}
