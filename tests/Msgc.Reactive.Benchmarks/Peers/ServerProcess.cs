using System.Diagnostics;
using System.Globalization;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>A server in its own process, and what it costs.</summary>
internal sealed class ServerProcess : IServers
{
    private readonly Process _process;
    private readonly bool _isOurs;

    private ServerProcess(Process process, int port, bool isOurs)
    {
        _process = process;
        _isOurs = isOurs;
        PublishPort = port;
    }

    public int PublishPort { get; }

    public int SubscribePort => PublishPort;

    /// <summary>This program again, as a server; with the runtime's inline socket completions if asked for.</summary>
    public static async Task<ServerProcess> StartSelfAsync(string kind, bool fastSockets = false, params string[] args)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(ServerProcess).Assembly.Location);
        start.ArgumentList.Add("serve");
        start.ArgumentList.Add(kind);
        foreach (var arg in args) start.ArgumentList.Add(arg);
        if (fastSockets) start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync();
        return new ServerProcess(process, int.Parse(line!["port ".Length..], CultureInfo.InvariantCulture), isOurs: true);
    }

    /// <summary>Somebody else's program; the port is what <paramref name="port"/> finds in a line of its log. Null when there is no such program.</summary>
    public static async Task<ServerProcess?> StartAsync(string program, string arguments, Func<string, int?> port, bool logsToOutput = false)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/usr/local/sbin"];
        if (folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists) is not { } file) return null;
        var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardError = !logsToOutput, RedirectStandardOutput = logsToOutput })!;
        var log = logsToOutput ? process.StandardOutput : process.StandardError;
        while (await log.ReadLineAsync() is { } line)
        {
            if (port(line) is not { } found) continue;
            _ = log.BaseStream.CopyToAsync(Stream.Null); // until its end: a full pipe would stop it
            return new ServerProcess(process, found, isOurs: false);
        }
        throw new InvalidOperationException($"{program} has ended.");
    }

    public ServerCost Cost()
    {
        long? allocated = null;
        if (_isOurs)
        {
            _process.StandardInput.WriteLine();
            _process.StandardInput.Flush();
            allocated = long.Parse(_process.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        }
        _process.Refresh();
        return new ServerCost(allocated, _process.TotalProcessorTime, _process.PeakWorkingSet64, _process.WorkingSet64);
    }

    /// <summary>Ends it without a word.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOurs) _process.StandardInput.Close();
        else _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}

/// <summary>What a server has used since it started; allocations are known of our own ones only.</summary>
internal readonly record struct ServerCost(long? Allocated, TimeSpan Processor, long PeakBytes, long ResidentBytes);
