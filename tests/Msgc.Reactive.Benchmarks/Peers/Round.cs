using System.Diagnostics;
using HdrHistogram;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>One round: connects all publishers and subscribers of a workload, warms up, measures, and checks every message.</summary>
internal sealed class Round(IPeer peer, Workload workload, IServers server, PeersOptions options)
{
    private const int FirstMessages = 2000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Receiver> _receivers = [];
    private readonly List<IPublisher> _publishers = [];
    private readonly List<IAsyncDisposable> _subscriptions = [];
    private long _published;

    public async Task<Measurement> RunAsync()
    {
        Measurement measured;
        try
        {
            measured = await ConnectAndMeasureAsync();
        }
        catch
        {
            await CloseAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // what it failed for is told, not what follows from that
            throw;
        }
        await CloseAsync();
        return measured;
    }

    private async Task<Measurement> ConnectAndMeasureAsync()
    {
        for (var i = 0; i < workload.Subscribers; i++)
        {
            var receiver = new Receiver(workload.PayloadBytes, workload.Publishers);
            _receivers.Add(receiver);
            _subscriptions.Add(await peer.SubscribeAsync(server.SubscribePort, workload.GroupNames, receiver).WaitAsync(Patience));
        }
        for (var i = 0; i < workload.Publishers; i++) _publishers.Add(await peer.ConnectAsync(server.PublishPort, workload.GroupNames).WaitAsync(Patience));

        var messages = await WarmUpAsync();
        if (workload.PerSecond is not { } perSecond) return await MeasureAsync(messages, FloodAsync);

        foreach (var receiver in _receivers) receiver.Latencies = new LongHistogram(1, 10_000_000_000, 3);
        return await MeasureAsync((long)(perSecond * options.MeasuredOf(workload).TotalSeconds), (_, messages, _) => PaceAsync(messages, perSecond));
    }

    /// <summary>Closes all connections, whatever one of them says to that.</summary>
    private Task CloseAsync() => Task.WhenAll(_publishers.Concat(_subscriptions).Select(end => end.DisposeAsync().AsTask())).WaitAsync(Patience);

    /// <summary>Sends until it has taken long enough, and says how many messages a publisher sends in the time to be measured.</summary>
    private async Task<long> WarmUpAsync()
    {
        var began = Stopwatch.GetTimestamp();
        for (long messages = FirstMessages; ; messages *= 2)
        {
            var elapsed = await SendAsync(messages, FloodAsync);
            if (Stopwatch.GetElapsedTime(began) < options.WarmUp) continue;
            return Math.Max(FirstMessages, (long)(messages * (options.MeasuredOf(workload) / elapsed)));
        }
    }

    private async Task<Measurement> MeasureAsync(long messages, Func<int, long, CancellationToken, Task> send)
    {
        GC.Collect();
        var hostBefore = HostTime.Now;
        var serverBefore = server.Cost();
        var processorBefore = Environment.CpuUsage.TotalTime;
        var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        var elapsed = await SendAsync(messages, send);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
        var processor = Environment.CpuUsage.TotalTime - processorBefore;
        var serverAfter = server.Cost();
        var latencies = _receivers[0].Latencies;
        return new Measurement
        {
            Deliveries = messages * workload.Publishers * workload.Subscribers,
            Elapsed = elapsed,
            ClientAllocated = allocated,
            ServerAllocated = serverAfter.Allocated - serverBefore.Allocated,
            ClientProcessor = processor,
            ServerProcessor = serverAfter.Processor - serverBefore.Processor,
            ServerPeakBytes = serverAfter.PeakBytes,
            Stolen = HostTime.Now.StolenSince(hostBefore),
            P50 = latencies?.GetValueAtPercentile(50) / 1000.0,
            P99 = latencies?.GetValueAtPercentile(99) / 1000.0,
        };
    }

    /// <summary>All publishers send so many messages each; the time from the first to the last delivery. Gives up when that takes longer than <see cref="Patience"/>.</summary>
    private async Task<TimeSpan> SendAsync(long messages, Func<int, long, CancellationToken, Task> send)
    {
        using var patience = new CancellationTokenSource(Patience);
        var token = patience.Token;
        var received = Task.WhenAll(_receivers.Select(r => r.Expect(messages * workload.Publishers)));
        var began = Stopwatch.GetTimestamp();
        string? missing = null;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, workload.Publishers).Select(publisher => Task.Run(() => send(publisher, messages, token)))).WaitAsync(token);
            _published += messages;
            await received.WaitAsync(token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            missing = FormattableString.Invariant($"not all was sent and received within {Patience.TotalSeconds} s");
        }
        var elapsed = Stopwatch.GetElapsedTime(began);
        if ((_receivers.Select(r => r.Wrong).FirstOrDefault(w => w is not null) ?? missing) is { } wrong)
            throw new InvalidOperationException($"{peer.Name}, {workload.Name}: {wrong}.");
        return elapsed;
    }

    private async Task FloodAsync(int publisher, long messages, CancellationToken token)
    {
        var payload = new byte[workload.PayloadBytes];
        var to = _publishers[publisher];
        var window = peer.WindowBytes / workload.PayloadBytes;
        var group = 0;
        for (var number = _published; number < _published + messages; number++)
        {
            Receiver.Write(payload, publisher, number, 0);
            await to.PublishAsync(group, payload);
            if (++group == workload.Groups) group = 0;
            if (window is not null && (number & 255) == 0)
            {
                while (number - _receivers.Min(r => r.Seen(publisher)) > window) await Task.Delay(1, token);
            }
        }
        await to.FlushAsync();
    }

    /// <summary>
    /// Sends what is due, and sleeps, on a thread of its own: a pace kept by spinning would take a processor away from what is measured. Latency
    /// counts from when a message is published, not from when it was due: the sleep's own lateness is nobody's.
    /// </summary>
    private Task PaceAsync(long messages, int perSecond) => Task.Factory.StartNew(
        () =>
        {
            var payload = new byte[workload.PayloadBytes];
            var began = Stopwatch.GetTimestamp();
            for (long sent = 0; sent < messages;)
            {
                var due = Math.Min(messages, 1 + (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond));
                for (; sent < due; sent++)
                {
                    Receiver.Write(payload, 0, _published + sent, Stopwatch.GetTimestamp());
                    _publishers[0].PublishAsync(0, payload).AsTask().Wait();
                }
                _publishers[0].FlushAsync().AsTask().Wait();
                Thread.Sleep(1);
            }
        },
        TaskCreationOptions.LongRunning);
}
