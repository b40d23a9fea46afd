using System.CommandLine;
using Microsoft.Extensions.Logging;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary><c>msgc server</c>: runs until it is told to stop, then lets its clients take what is queued for them.</summary>
internal sealed class ServerCommand : ToolCommand
{
    private readonly Option<string[]> _listen = Parameters.Listen();
    private readonly Option<string?> _name = Parameters.Name("The server's name, as views show it. Default: the host's name.");
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log connections too, not only errors." };

    public ServerCommand()
        : base("server", "Run a server until Ctrl-C or SIGTERM.")
    {
        Add(_listen);
        Add(_name);
        Add(_verbose);
        SetAction(RunAsync);
    }

    public override string Epilogue => """
        Examples:
          $ msgc server
          $ msgc server --listen '*:4809' --name north --verbose
          $ msgc server --listen 127.0.0.1:0 --listen /run/msgc.sock

        'listening on E' and logs go to standard error. Ctrl-C and SIGTERM stop it
        gracefully, with exit code 0; a second one stops it at once.
        """;

    private async Task<int> RunAsync(ParseResult line)
    {
        using var interrupt = new Interrupt();
        using var logs = new StderrLogs(line.GetValue(_verbose) ? LogLevel.Information : LogLevel.Error);
        await using var server = await MsgcServer.StartAsync(new MsgcServerOptions
        {
            Listen = line.GetRequiredValue(_listen),
            NodeName = line.GetValue(_name),
            LoggerFactory = logs,
        });
        foreach (var endpoint in server.Endpoints) Notice.Say($"listening on {endpoint}");
        await interrupt.WaitAsync();
        await server.StopAsync();
        return ExitCode.Done;
    }
}
