namespace Msgc.Reactive.Simulation.Actors;

/// <summary>What one life of a client has published, and how much of it is known to have been handled.</summary>
internal sealed class Speaker
{
    private readonly Life _life;
    private readonly List<Spoken>[] _spoken;
    private List<(int Group, int Index)> _unflushed = [];
    private long _overall;

    public Speaker(Life life, int groups)
    {
        _life = life;
        _spoken = [.. Enumerable.Range(0, groups).Select(_ => new List<Spoken>())];
    }

    /// <summary>Flushes that have not come back.</summary>
    public int Flushing { get; private set; }

    public MsgcClientId Id => _life.Client.Id;

    public string Name => _life.Client.Name;

    /// <summary>The messages to a group, by their numbers less one.</summary>
    public List<Spoken> To(int group) => _spoken[group];

    /// <summary>Publishes, and asks when it has been handled.</summary>
    public async Task PublishAsync(int group, int count)
    {
        Flushing++;
        try
        {
            for (var i = 0; i < count; i++) await PublishAsync(group);
            var covered = _unflushed;
            _unflushed = [];
            await _life.Client.FlushAsync();
            foreach (var (to, index) in covered) _spoken[to][index] = _spoken[to][index] with { Until = _life.Run.Now };
        }
        catch (Exception error) when (error is MsgcLostException or MsgcPausedException or ObjectDisposedException)
        {
            // Which of them were handled nobody knows.
        }
        finally
        {
            Flushing--;
        }
    }

    private async Task PublishAsync(int group)
    {
        var to = _spoken[group];
        var index = to.Count;
        to.Add(new Spoken(_life.Run.Now, Spoken.Unknown));
        await _life.Groups[group].PublishAsync(new Payload(index + 1, ++_overall, _life.Run.Now, _life.Session).Write());
        _unflushed.Add((group, index));
    }
}
