namespace Msgc.Reactive.Testing.Cluster;

/// <summary>A client of a cluster, from one start to the next.</summary>
internal sealed class ClientProgram(string name, string[] servers, Func<MsgcClientOptions, MsgcClientOptions> configure)
{
    private ProgramEnvironment? _environment;

    public string Name => name;

    /// <summary>The server that it tries first: on whose side of a partition it is.</summary>
    public string Home => servers[0];

    public MsgcClient? Running { get; private set; }

    public MsgcClient Start(ProgramEnvironment environment)
    {
        var options = configure(new MsgcClientOptions
        {
            Servers = [.. servers.Select(server => $"{server}:{MsgcEndpoint.DefaultPort}")], Name = name, Scheduler = environment.Scheduler,
            Transport = environment.Transport, Entropy = environment.Entropy,
        });
        Running = new MsgcClient(options with { Probe = new ClientProbe(name, environment.Lanes, environment.Violations) });
        _environment = environment;
        Running.State.Subscribe(environment.Violations.Watch(name, "state", System.Reactive.Observer.Create<MsgcConnectionState>(Draw, static _ => { })));
        Running.Diagnostics.Subscribe(environment.Violations.Watch(name, "diagnostics", System.Reactive.Observer.Create<MsgcDiagnostic>(Draw)));
        return Running;
    }

    /// <summary>Ends it at once.</summary>
    public void End()
    {
        if (Running is not { } client || _environment is not { } environment) return;
        Running = null;
        client.Dispose();
        var ending = client.DisposeAsync().ConfigureAwait(false).GetAwaiter();
        ending.OnCompleted(environment.Clock.End);
    }

    private void Draw(MsgcDiagnostic diagnostic)
    {
        var count = diagnostic.Count > 0 ? $" {diagnostic.Count}" : "";
        var error = diagnostic.Error is { } thrown ? $", {thrown.GetType().Name}: {thrown.Message}" : "";
        _environment!.Lanes.Add(name, TimelineMark.Report, diagnostic.Group, $"{diagnostic.Kind}{count}{error}");
    }

    private void Draw(MsgcConnectionState state)
    {
        if (state.Phase == MsgcConnectionPhase.Connected) _environment!.Lanes.Add(name, TimelineMark.Connect, null, state.ServerName);
        else if (state.Phase == MsgcConnectionPhase.Lost) _environment!.Lanes.Add(name, TimelineMark.Lose, null, $"{state.ServerName}: {state.Cause}");
        else if (state is { Phase: MsgcConnectionPhase.Closed, Reason: { } reason }) _environment!.Lanes.Add(name, TimelineMark.Lose, null, $"for good: {reason}");
    }
}
