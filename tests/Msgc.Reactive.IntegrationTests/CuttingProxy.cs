using System.Net;
using System.Net.Sockets;

namespace Msgc.Reactive.IntegrationTests;

/// <summary>A TCP proxy that cuts each connection after so many bytes in one direction, wherever in a frame that is, and tells what the target sends.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _target;
    private readonly Func<int> _cutAfter;
    private readonly Action<int>? _sent;
    private readonly Task _accepting;
    private readonly List<Task> _relays = [];
    private int _cuts;

    public CuttingProxy(int target, Func<int> cutAfter, Action<int>? sent = null)
    {
        _sent = sent;
        _target = target;
        _cutAfter = cutAfter;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Endpoint => _listener.LocalEndPoint!.ToString()!;

    public int Cuts => Volatile.Read(ref _cuts);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_relays);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptAsync();
                var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await far.ConnectAsync(IPAddress.Loopback, _target);
                _relays.Add(RelayAsync(near, far));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The listener is disposed: no more connections come.
        }
    }

    private async Task RelayAsync(Socket near, Socket far)
    {
        using (near)
        using (far)
        {
            var cutAfter = _cutAfter();
            await Task.WhenAny(PumpAsync(near, far, cutAfter, null), PumpAsync(far, near, cutAfter, _sent));
            Interlocked.Increment(ref _cuts);
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, int bytes, Action<int>? relayed)
    {
        var buffer = new byte[8192];
        try
        {
            while (bytes > 0)
            {
                var received = await from.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, bytes)));
                if (received == 0) return;
                await to.SendAsync(buffer.AsMemory(0, received));
                bytes -= received;
                relayed?.Invoke(received);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One side is gone, so the other one goes, too.
        }
    }
}
