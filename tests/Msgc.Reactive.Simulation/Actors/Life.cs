namespace Msgc.Reactive.Simulation.Actors;

/// <summary>One life of a client, from a start to its death.</summary>
internal sealed class Life
{
    private long? _frozenAt;

    public Life(Run run, Actor actor, MsgcClient client)
    {
        Run = run;
        Actor = actor;
        Client = client;
        var groups = run.Scenario.Groups;
        Groups = [.. Enumerable.Range(0, groups).Select(group => client.Group(Scenarios.Scenario.GroupName(group)))];
        Speaker = new Speaker(this, groups);
        Ears = [.. Enumerable.Range(0, groups).Select(group => new Ear(run, this, group))];
        client.State.Subscribe(Changed, static _ => { });
    }

    public Run Run { get; }

    public Actor Actor { get; }

    public MsgcClient Client { get; }

    public MsgcGroup[] Groups { get; }

    public Speaker Speaker { get; }

    public Ear[] Ears { get; }

    public bool IsConnected { get; private set; }

    /// <summary>Counts the connections.</summary>
    public int Session { get; private set; }

    public bool IsDead { get; private set; }

    /// <summary>How long it has stood still in all, frozen or busy: so much later may it hear.</summary>
    public TimeSpan Still { get; private set; }

    public void Die()
    {
        Thaw();
        IsDead = true;
        foreach (var ear in Ears) ear.Die();
    }

    public void Freeze() => _frozenAt ??= Run.Now;

    public void Thaw()
    {
        if (_frozenAt is { } since) Still += TimeSpan.FromTicks(Run.Now - since);
        _frozenAt = null;
    }

    /// <summary>It is busy with what it has heard.</summary>
    public void Work(TimeSpan time)
    {
        if (time == TimeSpan.Zero) return;
        Still += time;
        Run.Cluster.Busy(Actor.Name, time);
    }

    private void Changed(MsgcConnectionState state)
    {
        IsConnected = state.Phase == MsgcConnectionPhase.Connected;
        if (IsConnected) Session++;
    }
}
