using System.Reactive.Concurrency;
using Msgc.Reactive;

namespace Msgc.Tool.Bench;

/// <summary>One run: connects all clients, warms up, measures, and waits for what is under way. All clients share one stopwatch.</summary>
internal sealed class Benchmark : IAsyncDisposable
{
    // Longer than a client takes to connect again.
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    // With nothing arriving for so long, what is missing is lost.
    private static readonly TimeSpan ArrivalPatience = TimeSpan.FromSeconds(3);

    // Publishers at a rate end by themselves, unless they cannot keep it.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly Workload _load;
    private readonly string[] _names;
    private readonly IStopwatch _clock = DefaultScheduler.Instance.StartStopwatch();
    private readonly Countdown _warmUp;
    private readonly Countdown _end;
    private readonly Connections _connections = new();
    private readonly List<Publisher> _publishers = [];
    private readonly List<Subscriber> _subscribers = [];
    private TimeSpan _began;
    private TimeSpan _publishedAt;
    private TimeSpan _deliveredAt;

    public Benchmark(Workload load)
    {
        _load = load;
        // Of this run alone: another one at the same servers is not to be heard.
        var run = Guid.NewGuid().ToString("N")[..8];
        _names = [.. Enumerable.Range(1, load.Groups).Select(group => $"bench-{run}-{group}")];
        var ends = (long)load.Publishers * load.Subscribers * load.Groups;
        _warmUp = new Countdown(ends, _clock);
        _end = new Countdown(ends, _clock);
    }

    public Latencies Latencies { get; } = new();

    /// <summary>By how much publishers at a rate woke up too late.</summary>
    public Latencies Overslept { get; } = new();

    /// <summary>True once there is something to tell of.</summary>
    public bool HasBegun => _began > TimeSpan.Zero;

    public long Published => _publishers.Sum(publisher => publisher.Published);

    public long Delivered => _subscribers.Sum(subscriber => subscriber.Delivered);

    /// <summary>Since the measured part began.</summary>
    public TimeSpan Elapsed => _clock.Elapsed - _began;

    /// <summary>Connects all clients, and joins.</summary>
    /// <exception cref="Failure">No server of a list could be reached.</exception>
    public async Task ConnectAsync(CancellationToken token)
    {
        for (var i = 0; i < _load.Subscribers; i++)
        {
            var subscriber = new Subscriber(_load, _clock, Latencies, _warmUp, _end);
            var client = await _connections.ConnectAsync($"bench-subscriber-{i + 1}", _load.SubscribeAt, token);
            await subscriber.JoinAsync(client, _names, _connections.Subscriptions, token);
            _subscribers.Add(subscriber);
        }
        for (var i = 0; i < _load.Publishers; i++)
        {
            var client = await _connections.ConnectAsync($"bench-publisher-{i + 1}", _load.PublishTo, token);
            _publishers.Add(new Publisher(client, i, _load, _names, _clock, Overslept));
        }
    }

    /// <summary>Publishes for a while what is not measured, and waits until it has arrived.</summary>
    public async Task WarmUpAsync(CancellationToken token)
    {
        if (_load.WarmUp == TimeSpan.Zero) return;
        using (var over = CancellationTokenSource.CreateLinkedTokenSource(token))
        {
            over.CancelAfter(_load.WarmUp);
            await Task.WhenAll(_publishers.Select(publisher => publisher.WarmUpAsync(over.Token)));
        }
        token.ThrowIfCancellationRequested();
        await EndAsync(Stamp.EndOfWarmUp);
        await ArrivalAsync(_warmUp, _clock.Elapsed);
        token.ThrowIfCancellationRequested();
    }

    /// <summary>Publishes what is measured until all is published, its time is over, or the token ends it, and waits until it has arrived.</summary>
    public async Task MeasureAsync(CancellationToken token)
    {
        // What the warm-up has left is not to be collected now.
        GC.Collect();
        _began = _clock.Elapsed;
        using (var over = CancellationTokenSource.CreateLinkedTokenSource(token))
        {
            if (_load.Duration is { } duration) over.CancelAfter(_load.Rate is null ? duration : duration + Grace);
            await Task.WhenAll(_publishers.Select(publisher => publisher.PublishAsync(over.Token)));
        }
        var ended = _clock.Elapsed;
        _publishedAt = await EndAsync(Stamp.End) ? _clock.Elapsed : ended;
        _deliveredAt = await ArrivalAsync(_end, ended);
    }

    /// <summary>Once it has measured.</summary>
    public BenchResult Result() => new(_load, Latencies, Overslept)
    {
        Published = Published,
        Delivered = Delivered,
        Gaps = _subscribers.Sum(subscriber => subscriber.Gaps(_publishers)),
        Duplicated = _subscribers.Sum(subscriber => subscriber.Duplicated),
        OutOfOrder = _subscribers.Sum(subscriber => subscriber.OutOfOrder),
        Publishing = _publishedAt - _began,
        Delivering = _deliveredAt - _began,
    };

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    /// <summary>False when not all could be handled within the patience, since a connection is lost, say: then the subscribers wait in vain.</summary>
    private async Task<bool> EndAsync(long number)
    {
        using var impatient = new CancellationTokenSource(EndPatience);
        try
        {
            await Task.WhenAll(_publishers.Select(publisher => publisher.EndAsync(number, impatient.Token)));
            return true;
        }
        catch (Exception error) when (error is MsgcLostException or OperationCanceledException)
        {
            Notice.Say(error is MsgcLostException ? error.Message : "not everything published was handled by a server in time");
            return false;
        }
    }

    /// <summary>Waits until everything has arrived, or nothing has for a while; when the last of it came, after what is known.</summary>
    private async Task<TimeSpan> ArrivalAsync(Countdown all, TimeSpan last)
    {
        var (delivered, patientFrom) = (Delivered, _clock.Elapsed);
        while (!all.Reached.IsCompleted && _clock.Elapsed - patientFrom < ArrivalPatience)
        {
            await Task.WhenAny(all.Reached, Task.Delay(Look));
            if (Delivered == delivered) continue;
            (delivered, last) = (Delivered, _clock.Elapsed);
            patientFrom = last;
        }
        return all.Reached.IsCompleted ? await all.Reached : last;
    }
}
