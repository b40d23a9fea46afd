using System.CommandLine;
using System.Text;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary><c>msgc pub</c>: publishes texts, or the lines of standard input, and ends when the server has handled all of them.</summary>
internal sealed class PubCommand : ToolCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Argument<string> _group = Parameters.Groups<string>(ArgumentArity.ExactlyOne, "The group to publish to.");
    private readonly Argument<string[]> _texts = new("TEXT")
    {
        Description = "One message each. Without: one message per line of standard input.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string[]> _servers = Parameters.Servers();
    private readonly Option<long?> _count = Parameters.Count("Publish N messages, the texts over and over; at most N lines of standard input.");
    private readonly Option<double?> _rate = Parameters.Rate("Publish N messages per second. Default: as fast as the server takes them.");

    public PubCommand()
        : base("pub", "Publish texts, or the lines of standard input, to a group.")
    {
        Add(_group);
        Add(_texts);
        Add(_servers);
        Add(_count);
        Add(_rate);
        SetAction(RunAsync);
    }

    public override string Epilogue => """
        Examples:
          $ msgc pub news 'hello, world'
          $ msgc pub lines < words.txt
          $ msgc pub ticks tick tock --count 100 --rate 10
          $ tail -f app.log | msgc pub logs --server north:4809 --server south:4809
          $ msgc pub news -- --a-text-with-dashes--

        Lines are bytes: only the line feed is taken off. When the connection is lost
        it goes on at the next server. Ctrl-C and SIGTERM end it after what was
        published so far; a second one ends it at once.
        Exit codes: 0 the server has handled everything published, 1 not so, or no
        server of the list could be reached, 2 wrong usage.
        """;

    private async Task<int> RunAsync(ParseResult line)
    {
        using var interrupt = new Interrupt();
        var servers = line.GetRequiredValue(_servers);
        using var client = new MsgcClient(new MsgcClientOptions { Servers = servers, ConnectTimeout = Patience });
        var news = new ConnectionNews(servers);
        using var state = client.State.Subscribe(news);
        long refused = 0;
        using var diagnostics = client.Diagnostics.Subscribe(
            diagnostic => refused += diagnostic.Kind == MsgcDiagnosticKind.TooLargeDropped ? diagnostic.Count : 0);

        var progress = new Progress(client.Scheduler);
        var texts = line.GetValue(_texts) ?? [];
        var count = line.GetValue(_count);
        var messages = texts.Length > 0
            ? Repeat(texts)
            : InputLines.ReadAsync(Console.OpenStandardInput(), interrupt.Token);
        if (texts.Length > 0) count ??= texts.Length;
        var pace = line.GetValue(_rate) is { } rate ? new Pace(rate, client.Scheduler) : null;
        try
        {
            await news.Reached.WaitAsync(interrupt.Token);
            Task Work() => PublishAsync(client.Group(line.GetRequiredValue(_group)), messages, count, pace, progress, interrupt.Token);
            var isTyped = texts.Length == 0 && !Console.IsInputRedirected;
            if (isTyped) Notice.Say("one message per line; Ctrl-D ends");
            await (isTyped || count == texts.Length ? Work() : progress.ShowAsync(Work));
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            // Asked to end: what has been published is still to be handled.
        }
        finally
        {
            if (progress.Count > 0) await FlushAsync(client, interrupt.Token);
        }
        return refused == 0 ? ExitCode.Done : throw new Failure($"{refused} messages were dropped: they are larger than the server reconnected to allows");
    }

    private static async Task PublishAsync(
        MsgcGroup group, IAsyncEnumerable<ReadOnlyMemory<byte>> messages, long? count, Pace? pace, Progress progress, CancellationToken token)
    {
        try
        {
            await foreach (var message in messages)
            {
                if (pace is not null) await pace.NextAsync(token);
                await group.PublishAsync(message, token);
                progress.Add();
                if (progress.Count == count) break;
            }
        }
        catch (ArgumentException error)
        {
            throw new Failure($"message {progress.Count + 1}: {error.Message.Split(" (Parameter")[0]}");
        }
    }

    /// <summary>Waits until the server has handled everything; for a while only once asked to end.</summary>
    private static async Task FlushAsync(MsgcClient client, CancellationToken interrupted)
    {
        using var impatient = new CancellationTokenSource();
        using var asked = interrupted.Register(() => impatient.CancelAfter(Patience));
        try
        {
            await client.FlushAsync(impatient.Token);
        }
        catch (OperationCanceledException) when (impatient.IsCancellationRequested)
        {
            throw new Failure("ended before the server had handled everything that was published");
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Repeat(string[] texts)
    {
        var messages = Array.ConvertAll(texts, Encoding.UTF8.GetBytes);
        await Task.CompletedTask; // what makes it asynchronous, like the lines of standard input
        for (var i = 0; ; i = (i + 1) % messages.Length) yield return messages[i];
    }
}
