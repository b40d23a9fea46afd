using System.CommandLine;

namespace Msgc.Tool;

/// <summary><c>msgc members</c>: prints who is in a group, without joining it.</summary>
internal sealed class MembersCommand : ToolCommand
{
    private readonly Argument<string> _group = Parameters.Groups<string>(ArgumentArity.ExactlyOne, "The group.");
    private readonly Option<string[]> _servers = Parameters.Servers();
    private readonly Option<bool> _follow = Parameters.Follow("Go on, with one line for each who comes, goes, or moves to another server.");
    private readonly Option<string> _format = Parameters.Format("text: name, id, server; json: an object a member, or a change.", "text", "json");

    public MembersCommand()
        : base("members", "Print the members of a group, on all servers of the mesh, without joining it.")
    {
        Add(_group);
        Add(_servers);
        Add(_follow);
        Add(_format);
        SetAction(RunAsync);
    }

    public override string Epilogue => """
        Examples:
          $ msgc members news
          $ msgc members news --follow --server north:4809 --server south:4809
          $ msgc members news --format json | jq -r .client

        One line a member: its name, its id, the server it is connected to. After these
        --follow prints '+ NAME ID SERVER CAUSE' for one who came, '- …' for one who
        left, and '~ …' for one who moved to that server, until Ctrl-C; as json an
        object a view, with cause, joined, left and moved.
        Exit codes: 0 printed, of an empty group 'no members' on standard error; 1 no
        server of the list can be reached; 2 wrong usage.
        """;

    private Task<int> RunAsync(ParseResult line) => ClientRun.RunAsync(line.GetRequiredValue(_servers), async (client, output, subscriptions, _) =>
    {
        var printer = new MembersPrinter(output, line.GetRequiredValue(_format) == "json", line.GetValue(_follow));
        subscriptions.Add(client.Group(line.GetRequiredValue(_group)).Membership.Subscribe(printer));
        await printer.Finished;
    });
}
