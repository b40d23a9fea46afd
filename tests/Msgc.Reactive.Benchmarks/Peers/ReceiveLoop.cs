using System.Net.Sockets;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>What the bare clients receive with: one buffer, and a function that takes whole messages from its start and says how many bytes they were.</summary>
internal sealed class ReceiveLoop : IAsyncDisposable
{
    public delegate int Take(ReadOnlySpan<byte> received);

    private readonly Socket _socket;
    private readonly Task _loop;

    public ReceiveLoop(Socket socket, Take take)
    {
        _socket = socket;
        _loop = Task.Run(() => RunAsync(take));
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _loop;
    }

    private async Task RunAsync(Take take)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(128 * 1024, pinned: true);
        var end = 0;
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(end));
                if (received == 0) return;
                end += received;
                var taken = take(buffer.AsSpan(0, end));
                buffer.AsSpan(taken, end - taken).CopyTo(buffer);
                end -= taken;
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
