using System.CommandLine;
using Msgc.Reactive;
using Msgc.Reactive.Hosting;

namespace Msgc.Tool;

/// <summary><c>msgc check</c>: all errors of a configuration file, or what is in force with it.</summary>
internal sealed class CheckCommand : ToolCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "The configuration file." };
    private readonly Option<string?> _name = Parameters.Name("The server's name, as --name of 'msgc server'. Default: the file's node_name, or the host's name.");

    public CheckCommand()
        : base("check", "Check a configuration file: print all errors, or the effective configuration.")
    {
        Add(_file);
        Add(_name);
        SetAction(Run);
    }

    public override string Epilogue => """
        Examples:
          $ msgc check /etc/msgc_server.conf
          $ msgc check msgc_server.conf --name node1
          $ msgc check msgc_server.conf > effective.conf

        The effective configuration goes to standard output in the form of a
        configuration file: '# default' marks what the file leaves out, else a comment
        says where it comes from; secrets are not shown. Errors and warnings go to
        standard error, one line each: FILE:LINE:COLUMN: what is wrong, what would be
        right.
        Exit codes: 0 no errors, 1 errors, or the file cannot be read, 2 wrong usage.
        """;

    private int Run(ParseResult line)
    {
        var name = line.GetValue(_name);
        var conf = MsgcConf.Read(line.GetRequiredValue(_file), options => options with { NodeName = name ?? options.NodeName });
        foreach (var problem in conf.Problems) Notice.Say($"{problem}");
        if (!conf.IsValid) return ExitCode.Failed;
        Console.Out.Write(conf.Describe());
        return ExitCode.Done;
    }
}
