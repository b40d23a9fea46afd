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

    /// <summary>A socket that is to connect to the address or to listen there, configured before it does, as TCP's window scale wants it.</summary>
    public static Socket CreateSocket(EndPoint address, MsgcSocketOptions options)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, address.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            Configure(socket, address, options);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sets a socket's options; again for an accepted one, since it need not have those of its listener.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="address">Where it is to connect or to listen, or who was accepted.</param>
    /// <param name="options">The options.</param>
    public static void Configure(Socket socket, EndPoint? address, MsgcSocketOptions options)
    {
        socket.SendBufferSize = options.TcpBufferSize;
        socket.ReceiveBufferSize = options.TcpBufferSize;
        if (address is not IPEndPoint { Address: var ip }) return;
        socket.NoDelay = true;
        if (OperatingSystem.IsLinux() && IPAddress.IsLoopback(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip)) SendUnpaced(socket);
    }

    /// <summary>
    /// Within one machine there is no path whose capacity has to be found out. The congestion control that every Linux kernel has and allows
    /// sends what there is; BBR, which may be the system's default, paces its sends by a timer, which cost a seventh of the throughput.
    /// </summary>
    private static void SendUnpaced(Socket socket)
    {
        try
        {
            socket.SetRawSocketOption(optionLevel: 6 /* TCP */, optionName: 13 /* TCP_CONGESTION */, "reno"u8);
        }
        catch (SocketException)
        {
            // As the system has it, then: slower, that is all.
        }
    }

    /// <summary>An address for logs; IPv4 reads as such also when it came through a dual-mode socket.</summary>
    public static string Describe(EndPoint? address) => address switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port).ToString(),
        _ => address?.ToString() ?? "unknown",
    };
}
