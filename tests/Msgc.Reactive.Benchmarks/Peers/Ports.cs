using System.Net;
using System.Net.Sockets;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>Ports of the loopback that were free a moment ago, for servers that cannot choose one themselves.</summary>
internal static class Ports
{
    public static int[] Take(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
