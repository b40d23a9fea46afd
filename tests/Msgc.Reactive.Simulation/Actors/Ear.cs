using System.Threading.Channels;

namespace Msgc.Reactive.Simulation.Actors;

/// <summary>One group as one life of a client hears it.</summary>
internal sealed class Ear
{
    private readonly Run _run;
    private IDisposable? _subscription;
    private IDisposable? _watching;
    private bool _isSubscribing;
    private int _joins;

    public Ear(Run run, Life life, int group)
    {
        _run = run;
        Life = life;
        Number = group;
        Group = life.Groups[group];
    }

    public Life Life { get; }

    /// <summary>The group's number.</summary>
    public int Number { get; }

    public MsgcGroup Group { get; }

    public List<Heard> Heard { get; } = [];

    public List<Stay> Stays { get; } = [];

    public MsgcView? View { get; private set; }

    public bool IsJoined => _subscription is not null;

    /// <summary>An observer is subscribed.</summary>
    public bool IsSubscribed => IsJoined || _isSubscribing;

    /// <summary>False where this ear itself has kept the present join's acknowledgement from being known.</summary>
    public bool IsJoinKnown { get; private set; }

    public bool IsWatching => _watching is not null;

    /// <summary>The present join is acknowledged.</summary>
    public bool Stands => Stays.Count > 0 && Stays[^1].End == int.MaxValue;

    public string Name => $"{Life.Actor.Name} in {Group.Name}";

    public bool HasHeard(MsgcClientId sender, long number) => Heard.FindLast(heard => heard.Sender == sender && heard.Gap is null).Number >= number;

    public void Join()
    {
        if (IsJoined) return;
        var join = ++_joins;
        var events = Life.Actor.Waits ? Group.ObserveEvents(16, BoundedChannelFullMode.Wait) : Group.Events;
        IsJoinKnown = true;
        _isSubscribing = true;
        _subscription = _run.Cluster.Check(new Glass<MsgcGroupEvent>(_run.Mutation.Observe(events, _run), () => _run.Passing(this)), Name).Subscribe(OnNext);
        _isSubscribing = false;
        _run.Do(async () =>
        {
            try
            {
                await _run.Mutation.WhenJoinedAsync(Group);
                if (join == _joins && IsJoined) Stays.Add(new Stay(Beginning(), _run.Now));
            }
            catch (Exception error) when (error is InvalidOperationException or MsgcPausedException)
            {
                // Left before, or this ear itself holds the answer up: then nothing is known of this join.
                if (join == _joins) IsJoinKnown = false;
            }
        });
    }

    public void Leave()
    {
        if (!IsJoined) return;
        Close();
        var subscription = _subscription!;
        _subscription = null;
        subscription.Dispose();
    }

    /// <summary>Watches the group's views, or ceases to.</summary>
    public void Watch(bool on)
    {
        if (on == IsWatching) return;
        if (on)
        {
            _watching = Group.Membership.Subscribe(view => View = view);
            return;
        }
        _watching!.Dispose();
        _watching = null;
    }

    public void Die()
    {
        Close();
        _subscription = null;
        _watching = null;
    }

    /// <summary>The gap that a join begins with while a link is away belongs to the stay; it came just before the acknowledgement was known.</summary>
    private int Beginning()
    {
        var begin = Heard.Count;
        while (begin > 0 && Heard[begin - 1] is { Gap: { Cause: MsgcGapCause.LinkLost, Server: null }, At: var at } && at >= _run.Now - TimeSpan.TicksPerMillisecond) begin--;
        return begin;
    }

    private void Close()
    {
        _joins++;
        if (Stands) (Stays[^1].End, Stays[^1].EndAt) = (Heard.Count, _run.Now);
    }

    private void OnNext(MsgcGroupEvent e)
    {
        if (e.View is not null || Life.IsDead) return;
        var heard = e.Gap is { } gap ? new Heard(_run.Now, gap.Sender, 0, gap) : new Heard(_run.Now, e.Message!.Value.Sender, Payload.Read(e.Message.Value.Payload.Span).Number, null);
        Heard.Add(heard);
        _run.Heard(this, e);
        if (heard.Gap is null) Life.Work(Life.Actor.Busy);
    }
}
