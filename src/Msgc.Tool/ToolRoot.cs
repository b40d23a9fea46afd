using System.CommandLine;
using Msgc.Tool.Top;

namespace Msgc.Tool;

/// <summary><c>msgc</c> itself: all commands.</summary>
internal sealed class ToolRoot : RootCommand, IEpilogue
{
    public ToolRoot()
        : base("Group communication from the shell: run a server, check its configuration, publish to groups, subscribe to groups, see who is there, watch, measure.")
    {
        Add(new ServerCommand());
        Add(new CheckCommand());
        Add(new PubCommand());
        Add(new SubCommand());
        Add(new MembersCommand());
        Add(new PeersCommand());
        Add(new TopCommand());
        Add(new BenchCommand());
    }

    public string Epilogue => """
        Examples:
          $ msgc server
          $ msgc sub news
          $ msgc pub news 'hello, world'
          $ msgc bench --duration 5

        'msgc COMMAND --help' has more of each. What is asked for goes to standard
        output, everything else to standard error. Colours are for terminals only, and
        for none when NO_COLOR is set.
        Exit codes: 0 done, 1 failed, with one line on standard error, 2 wrong usage.
        """;
}
