using System.Reactive;
using System.Reactive.Concurrency;
using Msgc.Reactive.Hosting.Conf;
using Msgc.Reactive.Hosting.Settings;

namespace Msgc.Reactive.Hosting;

/// <summary>
/// What a configuration file in Momentum's syntax, such as <c>msgc_server.conf</c>, has to say: its stanzas <c>msgc_server</c>,
/// <c>msgcserver_listener</c> and <c>msgc_client</c>. Those of other modules are skipped.
/// </summary>
public sealed class MsgcConf
{
    private readonly IReadOnlyList<(string Path, string Text)> _texts;

    private MsgcConf(string file, BoundConf bound, ConfReader reader, ConfProblems problems)
    {
        Bound = bound;
        _texts = reader.Texts;
        Visited = reader.Visited;
        Clients = bound.Clients.ToDictionary(client => client.Key, client => client.Value.Options, StringComparer.Ordinal);
        Advice = OptionError.Of(Server) is null ? [.. Advise(file)] : [];
        Problems = [.. problems.All, .. Advice];
        IsValid = Problems.All(problem => problem.IsWarning);
    }

    /// <summary>The server's options: those of the file, and defaults.</summary>
    public MsgcServerOptions Server => Bound.Effective;

    /// <summary>The server's <c>debug_level</c>; default <see cref="MsgcDebugLevel.Error"/>.</summary>
    public MsgcDebugLevel ServerDebugLevel => Bound.Server.Level ?? MsgcDebugLevel.Error;

    /// <summary>The options of each <c>msgc_client</c> stanza, by its name: empty for the one without.</summary>
    public IReadOnlyDictionary<string, MsgcClientOptions> Clients { get; }

    /// <summary>What is wrong; warnings too. (contract, "§7")</summary>
    public IReadOnlyList<MsgcConfProblem> Problems { get; }

    /// <summary>False when there are errors: then the options are what could be understood, and not to be used.</summary>
    public bool IsValid { get; }

    /// <summary>The stanzas.</summary>
    internal BoundConf Bound { get; }

    /// <summary>Those of the problems that are about the server as a whole.</summary>
    internal IReadOnlyList<MsgcConfProblem> Advice { get; }

    /// <summary>All files and directories looked into, or for.</summary>
    internal IReadOnlyList<string> Visited { get; }

    /// <summary>Reads a file and what it includes. It never throws: a file that cannot be read is a problem like others.</summary>
    /// <param name="path">The file.</param>
    /// <param name="server">What is to hold whatever the file says, as options of a command line do.</param>
    public static MsgcConf Read(string path, Func<MsgcServerOptions, MsgcServerOptions>? server = null) => Read(path, server, new DiskFiles());

    /// <summary>
    /// Reads the file at once, and again whenever it or what it includes has changed and was then left alone for half a second; tells of each
    /// reading that differs from the one before, valid or not. It looks twice a second, which works on all file systems.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="server">What is to hold whatever the file says.</param>
    /// <param name="asked">An element makes it read and tell at its next look, changed or not.</param>
    /// <param name="scheduler">When it looks; default real time.</param>
    public static IObservable<MsgcConf> Watch(
        string path, Func<MsgcServerOptions, MsgcServerOptions>? server = null, IObservable<Unit>? asked = null, IScheduler? scheduler = null)
    {
        var files = new DiskFiles();
        return ConfWatch.Create(() => Read(path, server, files), files, asked, scheduler ?? DefaultScheduler.Instance);
    }

    /// <summary>The effective configuration as a file would have it: defaults are marked, the places of all else named, secrets not shown.</summary>
    public string Describe() => ConfDescription.Of(this);

    /// <summary>The names of the server's options in which two readings differ; empty when they say the same of it.</summary>
    /// <exception cref="InvalidOperationException">One of them has errors.</exception>
    public IReadOnlyList<string> ServerChangesSince(MsgcConf before)
    {
        ArgumentNullException.ThrowIfNull(before);
        if (!IsValid || !before.IsValid) throw new InvalidOperationException("A configuration with errors cannot be compared; look at IsValid first.");
        IEnumerable<string> level = before.ServerDebugLevel == ServerDebugLevel ? [] : [CommonSettings.DebugLevel];
        return [.. OptionChanges.Between(before.Server, Server).Concat(level)];
    }

    internal static MsgcConf Read(string path, Func<MsgcServerOptions, MsgcServerOptions>? server, IConfFiles files)
    {
        var problems = new ConfProblems();
        var reader = new ConfReader(files, problems);
        return new MsgcConf(path, BoundConf.Of(reader.Read(path), path, problems, server), reader, problems);
    }

    /// <summary>True when the same files have the same text.</summary>
    internal bool IsAs(MsgcConf other) => _texts.SequenceEqual(other._texts) && IsValid == other.IsValid;

    private IEnumerable<MsgcConfProblem> Advise(string file)
    {
        if (!Bound.Server.IsPresent) yield break;
        foreach (var (option, text) in ServerAdvice.For(Server, Bound.Server.PositionOf("port") is not null))
        {
            var at = Bound.Server.Near(option, file);
            yield return new MsgcConfProblem(at.File, at.Line, at.Column, option, text, IsWarning: true);
        }
    }
}
