namespace Msgc.Reactive.Benchmarks.Serving;

/// <summary>
/// A server in a process of its own. Its first line says <c>port N</c>; each line it reads is answered with the bytes allocated so far; the
/// end of its input is its own end, so that it cannot outlive the process that measures.
/// </summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(string kind)
    {
        await using var server = await StartAsync(kind);
        Console.WriteLine($"port {server.Port}");
        while (Console.ReadLine() is not null) Console.WriteLine(GC.GetTotalAllocatedBytes(precise: true));
        return 0;
    }

    private static async Task<IServing> StartAsync(string kind) => kind switch
    {
        "relay" => new RelayServer(),
        "msgc" => await MsgcServing.StartAsync(),
        _ => throw new ArgumentException($"serve {kind}: there is relay and msgc."),
    };
}

/// <summary>A server on a port of the loopback.</summary>
internal interface IServing : IAsyncDisposable
{
    int Port { get; }
}
