using System.Net;
using System.Net.Sockets;

namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>Ports that were free a moment ago, below those that systems hand out by themselves: nobody takes them by chance.</summary>
internal static class FreePorts
{
    public static int[] Take(int count)
    {
        var taken = new List<Socket>();
        try
        {
            while (taken.Count < count)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                taken.Add(socket);
                try
                {
                    socket.Bind(new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(20_000, 32_000)));
                }
                catch (SocketException)
                {
                    // In use: another one.
                    socket.Dispose();
                    taken.Remove(socket);
                }
            }
            return [.. taken.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port)];
        }
        finally
        {
            foreach (var socket in taken) socket.Dispose();
        }
    }
}
