namespace Msgc.Reactive.Simulation.Actors;

/// <summary>A client over all its lives, and what it does between them.</summary>
internal sealed class Actor
{
    private readonly Run _run;
    private readonly HashSet<int> _joined = [];

    public Actor(Run run, int index)
    {
        _run = run;
        Name = Scenarios.Scenario.ClientName(index);
        Waits = Scenarios.Scenario.Waits(index);
        Lives.Add(new Life(run, this, run.Cluster.Client(Name, run.Scenario.Clients[index], run.Configure)));
    }

    public string Name { get; }

    /// <summary>True: it observes with a queue that waits, so that reading pauses.</summary>
    public bool Waits { get; }

    /// <summary>How long it is busy with a message.</summary>
    public TimeSpan Busy { get; set; }

    public List<Life> Lives { get; } = [];

    /// <summary>The present one, or the last.</summary>
    public Life Life => Lives[^1];

    public void Join(int group)
    {
        _joined.Add(group);
        if (!Life.IsDead) Life.Ears[group].Join();
    }

    public void Leave(int group)
    {
        _joined.Remove(group);
        if (!Life.IsDead) Life.Ears[group].Leave();
    }

    public void Watch(int group)
    {
        if (!Life.IsDead) Life.Ears[group].Watch(!Life.Ears[group].IsWatching);
    }

    public void Publish(int group, int count)
    {
        if (!Life.IsDead) _run.Do(() => Life.Speaker.PublishAsync(group, count));
    }

    public void Die()
    {
        if (Life.IsDead) return;
        Life.Die();
        _run.Cluster.Kill(Name);
    }

    public void Revive()
    {
        if (!Life.IsDead) return;
        Lives.Add(new Life(_run, this, _run.Cluster.Restart(Name)));
        foreach (var group in _joined) Life.Ears[group].Join();
    }
}
