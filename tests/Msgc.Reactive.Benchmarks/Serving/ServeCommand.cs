namespace Msgc.Reactive.Benchmarks.Serving;

/// <summary>
/// A server in a process of its own. Its first line says <c>port N</c>; each line it reads is answered with the bytes allocated so far; the
/// end of its input is its own end, so that it cannot outlive the process that measures.
/// </summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(string kind, string[] args)
    {
        await using var server = await StartAsync(kind, args);
        Console.WriteLine($"port {server.Port}");
        while (Console.ReadLine() is not null) Console.WriteLine(GC.GetTotalAllocatedBytes(precise: true));
        return 0;
    }

    private static async Task<IServing> StartAsync(string kind, string[] args) => kind switch
    {
        "relay" => new RelayServer(),
        "msgc" when args is [var name, .. var peers] => await MsgcServing.StartAsync(name, peers),
        "msgc" => await MsgcServing.StartAsync(),
        "mqtt" => await MqttServing.StartAsync(),
        _ => throw new ArgumentException($"serve {kind}: there is relay, msgc and mqtt."),
    };
}

/// <summary>A server on a port of the loopback.</summary>
internal interface IServing : IAsyncDisposable
{
    int Port { get; }
}
