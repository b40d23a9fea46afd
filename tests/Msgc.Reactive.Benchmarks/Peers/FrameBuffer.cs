using System.Net;
using System.Net.Sockets;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>What the bare clients send with: a buffer that is sent when it is full, or on demand.</summary>
internal sealed class FrameBuffer(Socket socket) : IDisposable
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private int _end;

    public static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.SendBufferSize = socket.ReceiveBufferSize = 128 * 1024;
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    public bool HasRoom(int bytes) => _bytes.Length - _end >= bytes;

    /// <summary>The room there is.</summary>
    public Span<byte> Room => _bytes.AsSpan(_end);

    public void Advance(int bytes) => _end += bytes;

    public async ValueTask FlushAsync()
    {
        if (_end > 0) await socket.SendAsync(_bytes.AsMemory(0, _end));
        _end = 0;
    }

    public void Dispose() => socket.Dispose();
}
