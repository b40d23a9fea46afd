using System.Net;
using System.Net.Sockets;

namespace Msgc.Reactive.Transport;

/// <summary>Binds the sockets that listen. The runtime sets SO_REUSEADDR on them where that means "also after a restart", and only there.</summary>
internal static class SocketBinding
{
    /// <summary>A socket that listens.</summary>
    public static Socket Bind(MsgcEndpoint endpoint, MsgcSocketOptions options)
    {
        if (endpoint.Path is { } path) return BindUnix(new UnixDomainSocketEndPoint(path), path, options);
        if (endpoint.Host.Length == 0) return BindAll(endpoint.Port, options);
        if (!IPAddress.TryParse(endpoint.Host, out var address))
            address = Dns.GetHostAddresses(endpoint.Host) is [var first, ..] ? first : throw new SocketException((int)SocketError.HostNotFound);
        return Bind(new IPEndPoint(address, endpoint.Port), options);
    }

    /// <summary>Listens; again with other options while it does.</summary>
    public static void Listen(Socket socket, MsgcSocketOptions options)
    {
        // Before it listens nobody can connect, so the mode is in force from the first connection on.
        if (options.FileMode is { } mode && socket.LocalEndPoint is UnixDomainSocketEndPoint address && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(address.ToString(), mode);
        socket.Listen(options.AcceptQueueBacklog);
    }

    private static Socket Bind(EndPoint address, MsgcSocketOptions options, bool dualMode = false)
    {
        var socket = SocketAddresses.CreateSocket(address, options);
        try
        {
            if (dualMode) socket.DualMode = true;
            socket.Bind(address);
            Listen(socket, options);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket BindAll(int port, MsgcSocketOptions options)
    {
        if (Socket.OSSupportsIPv6)
        {
            try
            {
                return Bind(new IPEndPoint(IPAddress.IPv6Any, port), options, dualMode: true);
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
            {
                // Compiled in, but switched off.
            }
        }
        return Bind(new IPEndPoint(IPAddress.Any, port), options);
    }

    private static Socket BindUnix(UnixDomainSocketEndPoint address, string path, MsgcSocketOptions options)
    {
        try
        {
            return Bind(address, options);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse && IsStale(address, path))
        {
            File.Delete(path);
            return Bind(address, options);
        }
    }

    // Left by a process that died: a socket, and nobody listens. Any other file is also refused to a connect, but can be opened.
    private static bool IsStale(UnixDomainSocketEndPoint address, string path)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        probe.Blocking = false; // a listener too busy to answer is alive
        try
        {
            probe.Connect(address);
            return false;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
        {
        }
        catch (SocketException)
        {
            return false;
        }
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
