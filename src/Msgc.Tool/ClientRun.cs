using System.Reactive.Disposables;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary>The run of a command that prints what its client hears: until its work is done, it is told to end, or nobody reads the output any more.</summary>
internal static class ClientRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Does the work once a server is reached; what is added to the subscriptions is disposed when it has ended.</summary>
    /// <exception cref="Failure">No server of the list could be reached, or the output cannot be written.</exception>
    public static async Task<int> RunAsync(string[] servers, Func<MsgcClient, LineOutput, CompositeDisposable, CancellationToken, Task> work)
    {
        using var interrupt = new Interrupt();
        var client = new MsgcClient(new MsgcClientOptions { Servers = servers, ConnectTimeout = TimeSpan.FromSeconds(10), DrainTimeout = Patience });
        var news = new ConnectionNews(servers);
        var output = new LineOutput(LineOutput.Standard(), client.Scheduler);
        var subscriptions = new CompositeDisposable(client.State.Subscribe(news));
        try
        {
            await news.Reached.WaitAsync(interrupt.Token);
            await await Task.WhenAny(work(client, output, subscriptions, interrupt.Token), output.Failed).WaitAsync(interrupt.Token);
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
