using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Msgc.Reactive.Simulation.Actors;
using Msgc.Reactive.Simulation.Invariants;
using Msgc.Reactive.Simulation.Scenarios;
using Msgc.Reactive.Simulation.Wire;

namespace Msgc.Reactive.Simulation;

/// <summary>One scenario lived through: its steps, then peace, then the end; and all invariants looked at on the way.</summary>
internal sealed class Run
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly VirtualScheduler _scheduler = new();
    private readonly TraceHash _hash = new();
    private readonly Invariant[] _invariants = Invariant.All();
    private readonly List<Task> _tasks = [];
    private readonly Stage _stage;
    private readonly bool _isDrawn;
    private readonly RunLog? _log;

    /// <param name="scenario">What happens.</param>
    /// <param name="mutation">A wrong component; default none.</param>
    /// <param name="isDrawn">Whether the outcome has the timeline.</param>
    /// <param name="log">Where servers and clients log to; default nowhere.</param>
    public Run(Scenario scenario, Mutation? mutation = null, bool isDrawn = false, TextWriter? log = null)
    {
        _isDrawn = isDrawn;
        _log = log is null ? null : new RunLog(_scheduler, log);
        Scenario = scenario;
        Mutation = mutation ?? Mutation.None;
        Links = new LinkTap(this);
        Cluster = new TestCluster(_scheduler, scenario.Servers, scenario.Seed, Configure, TestChecks.All);
        Cluster.Network.Events.Subscribe(_hash);
        Cluster.Network.SetLatency(Latency);
        Cluster.Network.Chunking = scenario.Rules.Chunking;
        Actors = [.. Enumerable.Range(0, scenario.Clients.Count).Select(i => new Actor(this, i))];
        _stage = new Stage(this);
    }

    public Scenario Scenario { get; }

    public Mutation Mutation { get; }

    public TestCluster Cluster { get; }

    public Actor[] Actors { get; }

    /// <summary>What servers say to each other.</summary>
    public LinkTap Links { get; }

    /// <summary>From host to host, where no fault has changed it.</summary>
    public SimulatedLatency Latency => SimulatedLatency.Uniform(Scenario.Rules.Latency, Scenario.Rules.Latency + Scenario.Rules.Jitter);

    public VirtualScheduler Scheduler => _scheduler;

    public long Now => _scheduler.Clock;

    /// <summary>All lives, in order.</summary>
    public IEnumerable<Life> Lives => Actors.SelectMany(actor => actor.Lives);

    /// <summary>The servers that run or have run.</summary>
    public List<MsgcServer> Servers { get; } = [];

    public Violation? Violation { get; private set; }

    public long Deliveries { get; private set; }

    public long Gaps { get; private set; }

    /// <summary>Of so many messages and members it was asked whether they were heard.</summary>
    public long Asked { get; set; }

    /// <summary>The shortest that any option is changed to.</summary>
    public TimeSpan ShortestIdleTimeout => Scenario.Rules.IdleTimeout * 0.7;

    /// <summary>How long servers have stood still, in all.</summary>
    public TimeSpan ServersStill => _stage.ServersStill;

    /// <summary>True while a server's programs stand still, or did not long ago.</summary>
    public bool IsStill(string host) => _stage.IsStill(host);

    /// <summary>Everything is being disposed, or was.</summary>
    public bool IsOver => _stage.IsOver;

    public Outcome Execute()
    {
        Glances();
        foreach (var step in Scenario.Steps)
        {
            AdvanceTo(step.Ticks);
            if (Violation is not null) break;
            _stage.Do(step);
        }
        if (Violation is null) Rest();
        var seconds = Now / (double)TimeSpan.TicksPerSecond;
        if (Violation is null) End();
        return new Outcome(Violation, seconds, _stage.Faults, Deliveries, Gaps, Asked, _hash.Value, _isDrawn ? Cluster.Timeline.ToString() : null);
    }

    /// <summary>Something did not hold: the first such thing ends the run.</summary>
    public void Violate(Invariant invariant, string text)
    {
        Violation ??= new Violation(invariant.Name, text, Now / (double)TimeSpan.TicksPerSecond);
        _scheduler.Stop();
    }

    /// <summary>Something comes to an ear, whether or not it listens still.</summary>
    public void Passing(Ear ear)
    {
        foreach (var invariant in _invariants) invariant.Passing(this, ear);
    }

    public void Heard(Ear ear, MsgcGroupEvent e)
    {
        if (e.Gap is null) Deliveries++;
        else Gaps++;
        foreach (var invariant in _invariants) invariant.Heard(this, ear, e);
    }

    /// <summary>The client of that name; null for a server's.</summary>
    public Actor? Find(string host) => Array.Find(Actors, actor => actor.Name == host);

    /// <summary>Runs application code with await.</summary>
    public void Do(Func<Task> function)
    {
        var task = Cluster.Run(function);
        if (task.IsFaulted) throw new InvalidOperationException("Simulated application code has failed.", task.Exception);
        if (!task.IsCompleted) _tasks.Add(task);
    }

    public MsgcServerOptions Configure(MsgcServerOptions options)
    {
        var rules = Scenario.Rules.For(options);
        return Mutation.Options(rules with { LoggerFactory = _log, Transport = Mutation.Transport(options.NodeName!, Links.Wrap(options.Transport!, options.NodeName!), this) });
    }

    public MsgcClientOptions Configure(MsgcClientOptions options) =>
        Scenario.Rules.For(options) with { LoggerFactory = _log, Transport = Mutation.Transport(options.Name!, options.Transport!, this) };

    private void Glances() => _scheduler.Schedule(this, Glance, static (scheduler, run) =>
    {
        if (run._stage.IsOver) return Disposable.Empty;
        foreach (var invariant in run._invariants) invariant.Glance(run);
        run.Glances();
        return Disposable.Empty;
    });

    private void AdvanceTo(long ticks)
    {
        if (Violation is null && ticks > Now) Cluster.Advance(TimeSpan.FromTicks(ticks - Now));
    }

    private void Advance(TimeSpan time) => AdvanceTo(Now + time.Ticks);

    /// <summary>The last fault is over: within the bound all works again, and what was promised is looked for.</summary>
    private void Rest()
    {
        AdvanceTo(Scenario.End);
        _stage.Heal();
        Advance(Scenario.Rules.RecoveryBound);
        foreach (var invariant in _invariants) invariant.Recovered(this);
        foreach (var actor in Actors)
        {
            for (var group = 0; group < Scenario.Groups; group++) actor.Publish(group, 1);
        }
        Advance(Scenario.Rules.StallTimeout + TimeSpan.FromSeconds(2));
        foreach (var invariant in _invariants) invariant.AtRest(this);
    }

    private void End()
    {
        _stage.IsOver = true;
        Cluster.Dispose();
        Advance(TimeSpan.FromSeconds(90));
        foreach (var task in _tasks.Where(task => task.IsFaulted)) throw new InvalidOperationException("Simulated application code has failed.", task.Exception);
        foreach (var invariant in _invariants) invariant.AtEnd(this);
    }
}
