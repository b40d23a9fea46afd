using Msgc.Reactive.Simulation.Actors;

namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>A sender's messages to a group come in order, and those to all groups while neither end has changed its connection.</summary>
internal sealed class FirstInFirstOut() : Invariant("§4 FIFO")
{
    private readonly Dictionary<(Ear, MsgcClientId), long> _last = [];
    private readonly Dictionary<(Life, MsgcClientId), (int Session, int SendersSession, long Overall)> _overall = [];
    private readonly List<(long At, Life Life, int Session, string Text)> _suspicions = [];
    private Dictionary<MsgcClientId, Life>? _lives;

    public override void Heard(Run run, Ear ear, MsgcGroupEvent e)
    {
        if (e.Message is not { } message) return;
        var payload = Payload.Read(message.Payload.Span);
        var last = _last.GetValueOrDefault((ear, message.Sender));
        if (payload.Number < last) run.Violate(this, $"{ear.Name} has heard {message.Sender}'s {payload.Number} after {last}.");
        _last[(ear, message.Sender)] = payload.Number;
        if (ear.Life.Actor.Waits) return; // each group has a queue of its own there
        if (SessionOf(run, message.Sender) != payload.Session) return;
        var before = _overall.GetValueOrDefault((ear.Life, message.Sender));
        var now = (ear.Life.Session, payload.Session, payload.Overall);
        if ((before.Session, before.SendersSession) == (now.Item1, now.Item2) && payload.Overall < before.Overall)
            _suspicions.Add((run.Now, ear.Life, ear.Life.Session, $"{ear.Name} has heard {message.Sender}'s {payload.Overall}, over all groups, after {before.Overall}, within one session."));
        _overall[(ear.Life, message.Sender)] = now;
    }

    /// <summary>While a client moves it hears over two sessions, and says so behind that: then nothing was wrong.</summary>
    public override void Glance(Run run)
    {
        foreach (var (at, life, session, text) in _suspicions)
        {
            if (run.Now - at > TimeSpan.TicksPerSecond && life.Session == session) run.Violate(this, text);
        }
        _suspicions.RemoveAll(suspicion => run.Now - suspicion.At > TimeSpan.TicksPerSecond);
    }

    private int SessionOf(Run run, MsgcClientId sender)
    {
        if (_lives is null || !_lives.ContainsKey(sender)) _lives = run.Lives.ToDictionary(life => life.Client.Id);
        return _lives[sender].Session;
    }
}
