using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using HdrHistogram;
using Msgc.Reactive;

namespace Msgc.Tool.Bench;

/// <summary>One run: clients of its own for all publishers and subscribers, groups that nobody else uses, a warm-up, and the measured time.</summary>
internal sealed class BenchRun(BenchPlan plan, CancellationToken token) : IAsyncDisposable
{
    private const long WarmUpMessages = 1000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Messages that have not come when none has come for so long are lost.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly IScheduler _scheduler = DefaultScheduler.Instance;
    private readonly IStopwatch _clock = DefaultScheduler.Instance.StartStopwatch();
    private readonly List<MsgcClient> _clients = [];
    private readonly List<MsgcClient> _senders = [];
    private readonly CompositeDisposable _subscriptions = [];
    private BenchPublisher[] _publishers = [];
    private BenchSubscriber[] _subscribers = [];
    private long _gaps;

    /// <summary>For the progress.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{_publishers.Sum(p => p.Published):N0} messages published, {_subscribers.Sum(s => s.Delivered):N0} delivered");

    /// <summary>Connects all, joins, and waits until that is in force.</summary>
    /// <exception cref="Failure">A list has no server that can be reached.</exception>
    public async Task ConnectAsync()
    {
        var groups = Enumerable.Range(0, plan.Groups).Select(i => $"bench-{Guid.NewGuid():N}-{i}").ToArray();
        _subscribers = [.. Enumerable.Range(0, plan.Subscribers).Select(_ => new BenchSubscriber(_clock, plan.Publishers))];
        foreach (var subscriber in _subscribers)
        {
            var client = await ConnectAsync("msgc-bench-sub", plan.SubscribeAt);
            foreach (var group in groups.Select(client.Group))
            {
                _subscriptions.Add(group.Subscribe(subscriber));
                await group.WhenJoinedAsync(token);
            }
            _subscriptions.Add(client.Group(groups[0]).Events.Subscribe(e =>
            {
                if (e.Gap is not null) Interlocked.Increment(ref _gaps);
            }));
        }
        _publishers = new BenchPublisher[plan.Publishers];
        for (var i = 0; i < plan.Publishers; i++)
        {
            var client = await ConnectAsync("msgc-bench-pub", plan.PublishTo);
            _senders.Add(client);
            _publishers[i] = new BenchPublisher(i, [.. groups.Select(client.Group)], plan, _clock);
        }
    }

    /// <summary>Warms up, and measures; asked to end, it comes with what there is.</summary>
    public async Task<BenchResult> MeasureAsync()
    {
        await RoundAsync(plan.Messages is { } all ? Math.Min(WarmUpMessages, all) : null, WarmUp);
        var (published, delivered) = (_publishers.Sum(p => p.Published), _subscribers.Sum(s => s.Delivered));
        foreach (var subscriber in _subscribers) subscriber.Latencies.Reset();

        var began = _clock.Elapsed;
        await RoundAsync(plan.Messages, TimeSpan.FromSeconds(plan.Seconds));
        var elapsed = _clock.Elapsed - began;
        var latencies = new LongHistogram(1, TimeSpan.TicksPerHour, 3);
        foreach (var subscriber in _subscribers) latencies.Add(subscriber.Latencies);
        return new BenchResult(plan, elapsed, _publishers.Sum(p => p.Published) - published, _subscribers.Sum(s => s.Delivered) - delivered)
        {
            Disordered = _subscribers.Sum(s => s.Disordered), Gaps = Interlocked.Read(ref _gaps), Latencies = latencies,
        };
    }

    public async ValueTask DisposeAsync()
    {
        _subscriptions.Dispose();
        foreach (var client in _clients) client.Dispose();
        await Task.CompletedTask;
    }

    private async Task<MsgcClient> ConnectAsync(string name, string[] servers)
    {
        var client = new MsgcClient(new MsgcClientOptions { Servers = servers, Name = name, ConnectTimeout = TimeSpan.FromSeconds(10) });
        _clients.Add(client);
        var news = new ConnectionNews(servers);
        _subscriptions.Add(client.State.Subscribe(news));
        await news.Reached.WaitAsync(token);
        return client;
    }

    /// <summary>Publishes, and waits until all of it has come, or nothing comes any more.</summary>
    private async Task RoundAsync(long? messages, TimeSpan time)
    {
        var until = _clock.Elapsed + time;
        try
        {
            await Task.WhenAll(_publishers.Select(publisher => Task.Run(() => publisher.RunAsync(messages, until, _scheduler, token))));
            foreach (var sender in _senders) await sender.FlushAsync(token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // What has been published is waited for.
        }
        catch (MsgcLostException)
        {
            // It shows in what is delivered.
        }
        var (seen, since) = (-1L, _clock.Elapsed);
        while (!_subscribers.All(s => _publishers.Index().All(p => s.HasSeen(p.Index, p.Item.Published))) && _clock.Elapsed - since < Patience)
        {
            await Task.Delay(1);
            var now = _subscribers.Sum(s => s.Delivered);
            if (now != seen) (seen, since) = (now, _clock.Elapsed);
        }
    }
}
