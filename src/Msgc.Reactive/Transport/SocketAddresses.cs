using System.Net;
using System.Net.Sockets;

namespace Msgc.Reactive.Transport;

/// <summary>What an endpoint means to sockets.</summary>
internal static class SocketAddresses
{
    /// <summary>Where to dial, in the order to try: no host means loopback, a name all its addresses.</summary>
    public static async Task<EndPoint[]> ResolveAsync(MsgcEndpoint endpoint, CancellationToken cancel)
    {
        if (endpoint.Path is { } path) return [new UnixDomainSocketEndPoint(path)];
        if (endpoint.Host.Length == 0) return [new IPEndPoint(IPAddress.Loopback, endpoint.Port)];
        if (IPAddress.TryParse(endpoint.Host, out var address)) return [new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, endpoint.Port)];
        var addresses = await Dns.GetHostAddressesAsync(endpoint.Host, cancel).ConfigureAwait(false);
        return Array.ConvertAll<IPAddress, EndPoint>(addresses, found => new IPEndPoint(found, endpoint.Port));
    }

    /// <summary>The local addresses to dial from; null for any.</summary>
    public static async Task<IPAddress[]?> ResolveBindAddressAsync(MsgcSocketOptions options, CancellationToken cancel)
    {
        if (options.BindAddress is not { Length: > 0 } name) return null;
        return IPAddress.TryParse(name, out var address) ? [address] : await Dns.GetHostAddressesAsync(name, cancel).ConfigureAwait(false);
    }

    /// <summary>A socket for the address, configured before it connects or listens, as TCP's window scale wants it.</summary>
    public static Socket CreateSocket(AddressFamily family, MsgcSocketOptions options)
    {
        var socket = new Socket(family, SocketType.Stream, family == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            Configure(socket, options);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sets a socket's options; again for an accepted one, since a unix socket inherits none of its listener's.</summary>
    public static void Configure(Socket socket, MsgcSocketOptions options)
    {
        socket.SendBufferSize = options.TcpBufferSize;
        socket.ReceiveBufferSize = options.TcpBufferSize;
        if (socket.AddressFamily != AddressFamily.Unix) socket.NoDelay = true;
    }

    /// <summary>An address for logs; IPv4 reads as such also when it came through a dual-mode socket.</summary>
    public static string Describe(EndPoint? address) => address switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port).ToString(),
        _ => address?.ToString() ?? "unknown",
    };
}
