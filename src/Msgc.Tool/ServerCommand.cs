using System.CommandLine;
using Microsoft.Extensions.Logging;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary><c>msgc server</c>: runs until it is told to stop, then lets its clients take what is queued for them.</summary>
internal sealed class ServerCommand : ToolCommand
{
    private readonly Option<string[]> _listen = Parameters.Listen();
    private readonly Option<string?> _name = Parameters.Name("The server's name, as views show it. Default: the host's name.");
    private readonly Option<Dictionary<string, string>> _peers = PeersParameter.Create();
    private readonly Option<string?> _secretFile = new("--peer-secret-file")
    {
        Description = "A file whose first line all servers of the mesh have in common; they refuse peers that do not know it.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _conf = new("--conf")
    {
        Description = "A configuration file, such as msgc_server.conf. It is followed: changes hold without a restart. What is said here holds whatever it says.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _fastSockets = new("--fast-sockets")
    {
        Description = "Handle what arrives on the threads that hear of it, without handing it over: lower latency, and less of the processor while little happens. Not on Windows.",
    };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log connections too, not only errors." };

    public ServerCommand()
        : base("server", "Run a server until Ctrl-C or SIGTERM.")
    {
        Add(_conf);
        Add(_listen);
        Add(_name);
        Add(_peers);
        Add(_secretFile);
        Add(_fastSockets);
        Add(_verbose);
        Validators.Add(result =>
        {
            if (result.GetResult(_peers) is { Tokens.Count: > 0 } && result.GetResult(_name) is { Tokens: [{ Value: var name }] } && name.Any(char.IsUpper))
                result.AddError($"--name is '{name}'; write '{name.ToLowerInvariant()}': servers with peers have names without upper-case letters.");
        });
        SetAction(RunAsync);
    }

    public override string Epilogue => """
        Examples:
          $ msgc server
          $ msgc server --listen '*:4809' --name north --verbose
          $ msgc server --listen 127.0.0.1:0 --listen /run/msgc.sock
          $ msgc server --name north --peer north=10.0.0.1 --peer south=10.0.0.2 \
              --peer-secret-file /etc/msgc.secret
          $ msgc server --conf /etc/msgc_server.conf --name node1

        All servers of a mesh take the same --peer options, or the same file: each skips
        itself, by its name. The file is read again when it changes and on SIGHUP; one
        with errors changes nothing ('msgc check FILE' shows them all). 'listening on E',
        'linked to NAME', 'lost NAME: …', 'refused by NAME: …' and logs go to standard
        error; peers that cannot be reached are tried again quietly (--verbose tells),
        and 'msgc peers' shows them. Ctrl-C and SIGTERM stop it gracefully; a second one
        stops it at once.
        Exit codes: 0 stopped, 1 it cannot listen, or a file is wrong, 2 wrong usage.
        """;

    private async Task<int> RunAsync(ParseResult line)
    {
        // The runtime reads it once, with the first socket.
        if (line.GetValue(_fastSockets)) Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        using var interrupt = new Interrupt();
        using var logs = new StderrLogs { Lowest = line.GetValue(_verbose) ? LogLevel.Information : LogLevel.Error };
        var secret = line.GetValue(_secretFile) is { } file ? Secret(file) : null;
        MsgcServerOptions Given(MsgcServerOptions options) => options with
        {
            Listen = line.GetValue(_listen) is { Length: > 0 } listen ? [.. listen] : options.Listen,
            NodeName = line.GetValue(_name) ?? options.NodeName,
            Peers = line.GetRequiredValue(_peers) is { Count: > 0 } peers ? peers : options.Peers,
            PeerSecret = secret ?? options.PeerSecret,
            LoggerFactory = logs,
        };

        using var conf = line.GetValue(_conf) is { } path ? new ConfFile(path, Given, logs, line.GetValue(_verbose)) : null;
        if (conf is { IsValid: false }) return ExitCode.Failed;
        await using var server = await MsgcServer.StartAsync(conf?.Server ?? Given(new MsgcServerOptions()));
        foreach (var endpoint in server.Endpoints) Notice.Say($"listening on {endpoint}");
        using (conf?.Follow(server))
        using (server.Peers.Subscribe(new LinkNews(server.NodeName)))
            await interrupt.WaitAsync();
        await server.StopAsync();
        return ExitCode.Done;
    }

    private static string Secret(string file)
    {
        string? secret;
        try
        {
            secret = File.ReadLines(file).FirstOrDefault()?.Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new Failure($"cannot read the peers' secret in '{file}': {error.Message.Split(" (Parameter")[0]}");
        }
        return string.IsNullOrEmpty(secret) ? throw new Failure($"the peers' secret in '{file}' is empty; write it in the first line") : secret;
    }
}
