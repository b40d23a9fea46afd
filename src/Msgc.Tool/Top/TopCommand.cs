using System.CommandLine;
using System.Reactive.Concurrency;
using Msgc.Reactive;

namespace Msgc.Tool.Top;

/// <summary><c>msgc top</c>: what goes on in the servers of a mesh, each second.</summary>
internal sealed class TopCommand : ToolCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Option<string[]> _servers = Parameters.Servers();
    private readonly Option<bool> _once = new("--once") { Description = "Print the figures of one second, all of them, and end." };
    private readonly Option<bool> _json = new("--json") { Description = "With --once: as one JSON object." };

    public TopCommand()
        : base("top", "Watch the servers of a mesh: connections, groups, rates, backlogs, losses.")
    {
        Add(_servers);
        Add(_once);
        Add(_json);
        Validators.Add(result =>
        {
            if (result.GetValue(_json) && !result.GetValue(_once)) result.AddError("--json goes with --once only.");
            else if (!result.GetValue(_once) && Terminal.Output is null) result.AddError("Standard output is no terminal; write --once, or --once --json.");
        });
        SetAction(RunAsync);
    }

    public override string Epilogue => """
        Examples:
          $ msgc top
          $ msgc top --server north:4809
          $ msgc top --once
          $ msgc top --once --json | jq '.connections[] | select(.queued > 0).name'

        All servers of the mesh tell their figures, through the one that is reached. Rates
        are messages per second, MB/s both ways together. QUEUED are messages that wait for
        a connection, AGE how long the first of them has, STALLS how often its queue has
        held publishers up, LOST CONNECTIONS how many ended badly since the server's start,
        by cause. A red connection has held up somebody, or messages, for too long; a
        server that is silent has not told its figures for three seconds. q or Ctrl-C ends.
        In JSON a silent server has its last figures and "silent": true, and none of its
        connections and groups; omittedConnections and omittedGroups count what servers
        had no room to tell.
        Exit codes: 0 done; 1 no server of the list can be reached, one refuses, or there
        are no figures; 2 wrong usage.
        """;

    private Task<int> RunAsync(ParseResult line) => ClientRun.RunAsync(line.GetRequiredValue(_servers), async (client, output, subscriptions, token) =>
    {
        var watch = new TopWatch(client.Scheduler.StartStopwatch());
        subscriptions.Add(client.Group(StatisticsReport.Group).Subscribe(watch));
        var isOnce = line.GetValue(_once);
        try
        {
            await (isOnce ? watch.Complete : watch.Begun).WaitAsync(Patience, token);
        }
        catch (TimeoutException)
        {
            throw new Failure($"the server has not told its figures for {Patience.TotalSeconds} seconds");
        }
        if (!isOnce) await TopTerminal.ShowAsync(watch, token);
        else if (line.GetValue(_json)) watch.Read((figures, time) => output.Write((figures, time), TopJson.Write));
        else watch.Read((figures, time) => Print(output, TopScreen.Lines(figures, time, int.MaxValue, int.MaxValue)));
        output.Flush();
    });

    private static void Print(LineOutput output, IReadOnlyList<TopLine> lines)
    {
        foreach (var line in lines) output.Write(line.Text);
    }
}
