using System.Net;
using System.Net.Sockets;

namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>A test that is skipped, and says so, where the machine has no IPv6 loopback.</summary>
internal sealed class IPv6FactAttribute : FactAttribute
{
    public IPv6FactAttribute()
    {
        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        }
        catch (SocketException error)
        {
            Skip = $"No IPv6 loopback here: {error.Message}.";
        }
    }
}
