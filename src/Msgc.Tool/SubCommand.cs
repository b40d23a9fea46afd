using System.CommandLine;

namespace Msgc.Tool;

/// <summary><c>msgc sub</c>: joins groups and prints one line per message.</summary>
internal sealed class SubCommand : ToolCommand
{
    private readonly Argument<string[]> _groups = Parameters.Groups<string[]>(ArgumentArity.OneOrMore, "The groups to join.");
    private readonly Option<string[]> _servers = Parameters.Servers();
    private readonly Option<string> _format = Parameters.Format(
        "text: the bytes as they are; json: an object with group, sender, number and text (or base64); hex.", LineFormat.Names);

    private readonly Option<long?> _count = Parameters.Count("End after N messages.");
    private readonly Option<bool> _members = new("--members") { Description = "Print the groups' members too, now and whenever they change." };

    public SubCommand()
        : base("sub", "Join groups and print one line per message.")
    {
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

    private Task<int> RunAsync(ParseResult line) => ClientRun.RunAsync(line.GetRequiredValue(_servers), async (client, output, subscriptions, token) =>
    {
        var printer = new Printer(output, LineFormat.Named(line.GetRequiredValue(_format)), line.GetValue(_members), line.GetValue(_count));
        var groups = line.GetRequiredValue(_groups).Distinct(StringComparer.Ordinal).Select(client.Group).ToArray();
        foreach (var group in groups) subscriptions.Add(group.Events.Subscribe(printer));
        foreach (var group in groups)
        {
            await group.WhenJoinedAsync(token);
            Notice.Say($"joined {group.Name}");
        }
        await printer.Finished;
    });
}
