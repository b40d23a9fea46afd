using System.Net;
using System.Net.Sockets;
using System.Text;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>Within one machine nothing is paced; elsewhere everything is as the system has it.</summary>
public class LoopbackTests
{
    private static readonly MsgcSocketOptions Options = new();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.7")]
    [InlineData("localhost")]
    [InlineData("")]
    public void Both_ends_of_a_loopback_connection_send_unpaced(string host)
    {
        if (!OperatingSystem.IsLinux()) return; // it has no such option
        using var listener = SocketBinding.Bind(MsgcEndpoint.Tcp(host, 0), Options);
        var (bound, any) = ((IPEndPoint)listener.LocalEndPoint!, host.Length == 0);
        var address = any ? new IPEndPoint(IPAddress.Loopback, bound.Port) : bound;
        using var dialled = SocketAddresses.CreateSocket(address, Options);
        dialled.Connect(address);
        using var accepted = listener.Accept();
        SocketAddresses.Configure(accepted, accepted.RemoteEndPoint, Options);
        Assert.Equal("reno", CongestionControl(dialled));
        Assert.Equal("reno", CongestionControl(accepted));
    }

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2.1")]
    public void Others_have_the_systems_congestion_control(string host)
    {
        if (!OperatingSystem.IsLinux()) return;
        using var plain = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var socket = host.Length == 0
            ? SocketBinding.Bind(MsgcEndpoint.Tcp(host, 0), Options)
            : SocketAddresses.CreateSocket(new IPEndPoint(IPAddress.Parse(host), 1), Options);
        Assert.Equal(CongestionControl(plain), CongestionControl(socket));
    }

    private static string CongestionControl(Socket socket)
    {
        var name = new byte[16];
        var length = socket.GetRawSocketOption(6, 13, name);
        return Encoding.ASCII.GetString(name, 0, length).TrimEnd('\0');
    }
}
