using System.CommandLine;
using System.Reactive.Disposables;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary><c>msgc sub</c>: joins groups and prints one line per message.</summary>
internal sealed class SubCommand : ToolCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Argument<string[]> _groups = Parameters.Groups<string[]>(ArgumentArity.OneOrMore, "The groups to join.");
    private readonly Option<string[]> _servers = Parameters.Servers();
    private readonly Option<string> _format = new("--format")
    {
        Description = "text: the bytes as they are; json: an object with group, sender, number and text (or base64); hex.",
        HelpName = string.Join('|', LineFormat.Names),
        DefaultValueFactory = _ => LineFormat.Names[0],
    };

    private readonly Option<long?> _count = Parameters.Count("End after N messages.");
    private readonly Option<bool> _members = new("--members") { Description = "Print the groups' members too, now and whenever they change." };

    public SubCommand()
        : base("sub", "Join groups and print one line per message.")
    {
        _format.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !LineFormat.Names.Contains(token.Value))
                result.AddError($"--format is '{token.Value}'; write one of {string.Join(", ", LineFormat.Names)}.");
        });
        Add(_groups);
        Add(_servers);
        Add(_format);
        Add(_count);
        Add(_members);
        SetAction(RunAsync);
    }

    public override string Epilogue => """
        Examples:
          $ msgc sub news
          $ msgc sub lines --count 1000 > out.txt
          $ msgc sub orders audit --format json | jq .text
          $ msgc sub chat --members --server north:4809 --server south:4809

        Only messages (and members, when asked for) go to standard output. 'joined GROUP',
        gaps and changes of the connection go to standard error. A lost connection is
        made again, at the next server, for as long as it takes.
        Exit codes: 0 after N messages, Ctrl-C, SIGTERM, or when nobody reads the output
        any more; 1 when no server of the list can be reached at the start; 2 wrong usage.
        """;

    private async Task<int> RunAsync(ParseResult line)
    {
        using var interrupt = new Interrupt();
        var servers = line.GetRequiredValue(_servers);
        var client = new MsgcClient(new MsgcClientOptions { Servers = servers, ConnectTimeout = TimeSpan.FromSeconds(10), DrainTimeout = Patience });
        var news = new ConnectionNews(servers);
        var output = new LineOutput(LineOutput.Standard(), client.Scheduler);
        var printer = new Printer(output, LineFormat.Named(line.GetRequiredValue(_format)), line.GetValue(_members), line.GetValue(_count));
        var groups = line.GetRequiredValue(_groups).Distinct(StringComparer.Ordinal).Select(client.Group).ToArray();
        var subscriptions = new CompositeDisposable([client.State.Subscribe(news), .. groups.Select(group => group.Events.Subscribe(printer))]);
        try
        {
            await news.Reached.WaitAsync(interrupt.Token);
            foreach (var group in groups)
            {
                await group.WhenJoinedAsync(interrupt.Token);
                Notice.Say($"joined {group.Name}");
            }
            await await Task.WhenAny(printer.Finished, output.Failed).WaitAsync(interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            // Asked to end.
        }
        catch (IOException error)
        {
            return IsBrokenPipe(error) ? ExitCode.Done : throw new Failure($"cannot write to standard output: {error.Message}");
        }
        finally
        {
            await EndAsync(client, subscriptions, output);
        }
        return ExitCode.Done;
    }

    /// <summary>Leaves, and writes what is left. Standard output may be blocked for good, and with it the client: then it ends all the same.</summary>
    private static async Task EndAsync(MsgcClient client, CompositeDisposable subscriptions, LineOutput output)
    {
        var end = Task.Run(async () =>
        {
            subscriptions.Dispose();
            output.Flush();
            await client.DisposeAsync();
        });
        await Task.WhenAny(end, Task.Delay(2 * Patience));
    }

    private static bool IsBrokenPipe(IOException error)
    {
        const int Epipe = 32, ErrorBrokenPipe = unchecked((int)0x8007006D), ErrorNoData = unchecked((int)0x800700E8);
        return error.HResult is Epipe or ErrorBrokenPipe or ErrorNoData;
    }
}
