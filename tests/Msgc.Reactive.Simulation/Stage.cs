using Msgc.Reactive.Simulation.Scenarios;

namespace Msgc.Reactive.Simulation;

/// <summary>Does what the steps of a scenario say; one that makes no sense in the state there is does nothing.</summary>
internal sealed class Stage(Run run)
{
    private readonly HashSet<int> _stopping = [];
    private readonly Dictionary<string, long> _frozen = []; // since when
    private readonly HashSet<(string From, string To)> _cuts = [];
    private readonly HashSet<(string From, string To)> _slowed = [];
    private readonly Dictionary<string, long> _thawed = [];

    /// <summary>Faults that were made.</summary>
    public int Faults { get; private set; }

    /// <summary>How long servers have stood still, in all: so much later may they tell.</summary>
    public TimeSpan ServersStill { get; private set; }

    /// <summary>No invariant is looked at any more on the way.</summary>
    public bool IsOver { get; set; }

    private TestCluster Cluster => run.Cluster;

    public bool IsStill(string host) => _frozen.ContainsKey(host) || run.Now - _thawed.GetValueOrDefault(host, long.MinValue / 2) < (2 * run.Scenario.Rules.StallTimeout).Ticks;

    public void Do(Step step)
    {
        if (step.IsFault) Faults++;
        switch (step.Kind)
        {
            case StepKind.Join:
                if (IsAwake(step.A)) run.Actors[step.A].Join(step.B);
                break;
            case StepKind.Leave:
                if (IsAwake(step.A)) run.Actors[step.A].Leave(step.B);
                break;
            case StepKind.Watch:
                if (IsAwake(step.A)) run.Actors[step.A].Watch(step.B);
                break;
            case StepKind.Publish:
                if (IsAwake(step.A)) run.Actors[step.A].Publish(step.B, step.C);
                break;
            case StepKind.Slow:
                run.Actors[step.A].Busy = TimeSpan.FromMicroseconds(step.B);
                break;
            case StepKind.Configure:
                Configure(step.A, new Dice((ulong)step.C));
                break;
            case StepKind.KillClient:
                run.Actors[step.A].Die();
                break;
            case StepKind.StartClient:
                run.Actors[step.A].Revive();
                break;
            default:
                Disturb(step);
                break;
        }
    }

    /// <summary>All that was disturbed is put right, and everybody watches everything.</summary>
    public void Heal()
    {
        Cluster.Heal();
        for (var host = 0; host < run.Scenario.Servers + run.Actors.Length; host++)
        {
            var name = run.Scenario.HostName(host);
            Thaw(name);
            Cluster.Idle(name);
            Cluster.Accept(name);
        }
        foreach (var (from, to) in _slowed)
        {
            Cluster.SetBandwidth(from, to, null);
            Cluster.SetLatency(from, to, run.Latency);
        }
        foreach (var (from, to) in _cuts) Cluster.BreakAfter(from, to, long.MaxValue);
        for (var server = 0; server < run.Scenario.Servers; server++) StartServer(server);
        foreach (var actor in run.Actors)
        {
            actor.Busy = TimeSpan.Zero;
            actor.Revive();
            foreach (var ear in actor.Life.Ears) ear.Watch(true);
        }
    }

    private void Disturb(Step step)
    {
        string a = run.Scenario.HostName(step.A), b = run.Scenario.HostName(step.B);
        switch (step.Kind)
        {
            case StepKind.Stop:
                Stop(step.A, step.C);
                break;
            case StepKind.KillServer:
                if (!_stopping.Contains(step.A)) Cluster.Kill(step.A);
                break;
            case StepKind.StartServer:
                StartServer(step.A);
                break;
            case StepKind.Break:
                Cluster.Break(a, b);
                break;
            case StepKind.BreakAfter:
                _cuts.Add((a, b));
                Cluster.BreakAfter(a, b, step.C);
                break;
            case StepKind.Mute:
                Cluster.Mute(a, b);
                break;
            case StepKind.Partition:
                Partition(step.A, (step.C & 1) != 0);
                break;
            case StepKind.Heal:
                Cluster.Heal();
                break;
            case StepKind.Freeze:
                Freeze(a);
                break;
            case StepKind.Thaw:
                Thaw(a);
                break;
            case StepKind.Refuse:
                Cluster.Refuse(a);
                break;
            case StepKind.Swallow:
                Cluster.Swallow(a);
                break;
            case StepKind.Accept:
                Cluster.Accept(a);
                break;
            case StepKind.Latency:
                _slowed.Add((a, b));
                Cluster.SetLatency(a, b, SimulatedLatency.Exponential(run.Scenario.Rules.Latency, TimeSpan.FromMicroseconds(step.C)));
                break;
            case StepKind.Bandwidth:
                _slowed.Add((a, b));
                Cluster.SetBandwidth(a, b, step.C == 0 ? null : step.C);
                break;
            case StepKind.Chunks:
                Cluster.Network.Chunking = (Chunking)step.A;
                break;
            default:
                throw new InvalidOperationException($"No such step: {step}.");
        }
    }

    private void Freeze(string host)
    {
        if (!_frozen.TryAdd(host, run.Now)) return;
        Cluster.Freeze(host);
        run.Find(host)?.Life.Freeze();
    }

    private void Thaw(string host)
    {
        if (!_frozen.Remove(host, out var since)) return;
        _thawed[host] = run.Now;
        ServersStill += run.Find(host) is null ? TimeSpan.FromTicks(run.Now - since) : TimeSpan.Zero;
        run.Find(host)?.Life.Thaw();
        Cluster.Thaw(host);
    }

    private bool IsAwake(int client) => !_frozen.ContainsKey(Scenario.ClientName(client));

    private void Partition(int mask, bool oneWay)
    {
        var sides = Enumerable.Range(0, run.Scenario.Servers).ToLookup(server => (mask >> server) & 1, server => (TestHost)server);
        if (oneWay) Cluster.PartitionOneWay([.. sides[0]], [.. sides[1]]);
        else Cluster.Partition([.. sides[0]], [.. sides[1]]);
    }

    private void Stop(int server, int milliseconds)
    {
        if (Cluster.Server(server) is null || !_stopping.Add(server)) return;
        if (run.Scenario.Weather == Weather.Drains && _stopping.Count > 1)
        {
            _stopping.Remove(server);
            return;
        }
        run.Do(async () =>
        {
            await run.Mutation.StopAsync(Cluster, server);
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), Cluster.TimeProvider);
            _stopping.Remove(server);
            if (!IsOver) StartServer(server);
        });
    }

    private void StartServer(int server)
    {
        if (Cluster.Server(server) is null && !_stopping.Contains(server)) run.Servers.Add(Cluster.Restart(server));
    }

    private void Configure(int host, Dice dice)
    {
        var rules = run.Scenario.Rules;
        var (keep, turn) = (rules.KeepAliveInterval * (0.5 + (dice.Below(100) / 100.0)), dice.From(1, 50));
        var idle = rules.IdleTimeout * (0.7 + (dice.Below(30) / 100.0));
        if (host < run.Scenario.Servers)
        {
            if (Cluster.Server(host) is { } server && !_stopping.Contains(host))
                server.Configure(server.Options with { KeepAliveInterval = keep, MessagesPerIteration = turn, IdleTimeout = idle });
            return;
        }
        var life = run.Actors[host - run.Scenario.Servers].Life;
        if (!life.IsDead) life.Client.Configure(life.Client.Options with { KeepAliveInterval = keep, MessagesPerIteration = turn, IdleTimeout = idle });
    }
}
