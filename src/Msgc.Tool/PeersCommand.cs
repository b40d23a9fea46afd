using System.CommandLine;
using System.Reactive.Linq;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary><c>msgc peers</c>: prints a server's links to the others of its mesh.</summary>
internal sealed class PeersCommand : ToolCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Option<string[]> _servers = Parameters.Servers();
    private readonly Option<bool> _follow = Parameters.Follow("Go on, with one line for each link that changes.");
    private readonly Option<string> _format = Parameters.Format("text: name, endpoint, state, and why; json: an object a link.", "text", "json");

    public PeersCommand()
        : base("peers", "Print the links of a server to its peers.")
    {
        Add(_servers);
        Add(_follow);
        Add(_format);
        SetAction(RunAsync);
    }

    public override string Epilogue => """
        Examples:
          $ msgc peers
          $ msgc peers --server north:4809 --follow
          $ msgc peers --format json | jq -r 'select(.state != "Linked").name'

        One line a peer of the first server of the list that can be reached: its name,
        where it is dialled, and Linked, Connecting (no link yet, and why), Draining (it
        is stopping), Lost, or Self (the entry is that server itself). Standard error
        has 'no peers', or who is not linked, and how many the report had no room for.
        Exit codes: 0 printed, linked or not; 1 no server of the list can be reached;
        2 wrong usage.
        """;

    private Task<int> RunAsync(ParseResult line) => ClientRun.RunAsync(line.GetRequiredValue(_servers), async (client, output, subscriptions, token) =>
    {
        var printer = new PeersPrinter(output, line.GetRequiredValue(_format) == "json", line.GetValue(_follow));
        subscriptions.Add(client.State.Where(state => state.Phase == MsgcConnectionPhase.Connected).Subscribe(state => printer.Connected(state.ServerName!), static _ => { }));
        subscriptions.Add(client.Group(PeersReport.Group).Subscribe(printer));
        try
        {
            await printer.Begun.WaitAsync(Patience, token);
        }
        catch (TimeoutException)
        {
            throw new Failure($"the server has not told of its links for {Patience.TotalSeconds} seconds");
        }
        await printer.Finished;
    });
}
