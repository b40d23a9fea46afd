namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>Servers of one mesh, each a process of its own with the same list of peers.</summary>
internal sealed class MeshProcesses : IAsyncDisposable
{
    private readonly ToolProcess[] _servers;
    private readonly string[] _args;

    private MeshProcesses(string[] names, string[] args)
    {
        Names = names;
        Endpoints = [.. FreePorts.Take(names.Length).Select(port => $"127.0.0.1:{port}")];
        _args = [.. names.Zip(Endpoints, (name, endpoint) => $"{name}={endpoint}").SelectMany(entry => (string[])["--peer", entry]), .. args];
        _servers = [.. names.Select((_, server) => Start(server))];
    }

    public string[] Names { get; }

    public string[] Endpoints { get; }

    public ToolProcess this[int server] => _servers[server];

    /// <summary>What all of them have written to standard error.</summary>
    public string Errors => string.Concat(Names.Zip(_servers, (name, server) => $"{name}: {server.Errors.TrimEnd().ReplaceLineEndings($"{Environment.NewLine}{name}: ")}{Environment.NewLine}"));

    /// <summary>Starts the servers and waits until each has said that it is linked to all others.</summary>
    public static async Task<MeshProcesses> StartAsync(string[] names, params string[] args)
    {
        var mesh = new MeshProcesses(names, args);
        try
        {
            await Task.WhenAll(names.Select((_, server) => mesh.LinkedAsync(server)));
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops a server as a service manager does, starts it again with the same arguments, and waits until it is linked to all others.</summary>
    public async Task RestartAsync(int server)
    {
        await _servers[server].SignalAsync("TERM");
        var end = await _servers[server].EndAsync();
        Assert.True(end.ExitCode == 0, $"{Names[server]} ended with {end.ExitCode}: {end.Errors}");
        await _servers[server].DisposeAsync();
        _servers[server] = Start(server);
        await LinkedAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
    }

    private ToolProcess Start(int server) => ToolProcess.Start(["server", "--name", Names[server], "--listen", Endpoints[server], .. _args]);

    private async Task LinkedAsync(int server)
    {
        for (var missing = Names.Where(name => name != Names[server]).ToHashSet(StringComparer.Ordinal); missing.Count > 0;)
            missing.Remove((await _servers[server].ErrorLineAsync("linked to "))["linked to ".Length..]);
    }
}
