namespace Msgc.Reactive.Testing.Cluster;

/// <summary>A server of a cluster, from one start to the next.</summary>
internal sealed class ServerProgram(string name, Dictionary<string, string> peers, Func<MsgcServerOptions, MsgcServerOptions> configure)
{
    private readonly Dictionary<string, MsgcPeerPhase> _links = new(StringComparer.Ordinal);
    private ProgramEnvironment? _environment;
    private IDisposable? _peers;

    public string Name => name;

    public MsgcServer? Running { get; private set; }

    public MsgcServer Start(ProgramEnvironment environment)
    {
        var options = configure(new MsgcServerOptions
        {
            Listen = [$"*:{MsgcEndpoint.DefaultPort}"], NodeName = name, Peers = peers, Scheduler = environment.Scheduler, Transport = environment.Transport,
            Entropy = environment.Entropy,
        });
        Running = MsgcServer.StartAsync(options).GetAwaiter().GetResult(); // nothing there waits
        _environment = environment;
        _links.Clear();
        _peers = Running.Peers.Subscribe(environment.Violations.Watch(name, "peers", System.Reactive.Observer.Create<IReadOnlyList<MsgcPeerState>>(Draw)));
        return Running;
    }

    /// <summary>Stops it gracefully; completes when it has stopped.</summary>
    public async Task StopAsync()
    {
        if (Running is not { } server || _environment is not { } environment) return;
        await server.StopAsync();
        if (Running == server) Running = null;
        environment.Clock.End();
        environment.Lanes.Add(name, TimelineMark.Stop, null, "stopped");
    }

    /// <summary>Ends it at once.</summary>
    public void End()
    {
        if (Running is not { } server || _environment is not { } environment) return;
        Running = null;
        _peers?.Dispose();
        var ending = server.DisposeAsync().ConfigureAwait(false).GetAwaiter();
        ending.OnCompleted(environment.Clock.End);
    }

    private void Draw(IReadOnlyList<MsgcPeerState> peers)
    {
        foreach (var peer in peers)
        {
            if (_links.GetValueOrDefault(peer.Name) == peer.Phase) continue;
            _links[peer.Name] = peer.Phase;
            if (peer.Phase == MsgcPeerPhase.Linked) _environment!.Lanes.Add(name, TimelineMark.Connect, null, peer.Name);
            else if (peer.Phase == MsgcPeerPhase.Lost) _environment!.Lanes.Add(name, TimelineMark.Lose, null, $"{peer.Name}: {peer.Cause}");
        }
    }
}
