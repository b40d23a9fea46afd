using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Msgc.Reactive;

namespace Msgc.Tool.Bench;

/// <summary>A member of all groups: checks each message, and measures those that carry a time.</summary>
internal sealed class Subscriber(Workload load, IStopwatch clock, Latencies latencies, Countdown warmUp, Countdown end)
{
    // A group after the other, of each publisher.
    private readonly List<Sequence[]> _groups = [];

    public long Delivered => Sum(sequence => sequence.Delivered);

    public long Duplicated => Sum(sequence => sequence.Duplicated);

    public long OutOfOrder => Sum(sequence => sequence.OutOfOrder);

    /// <summary>How often one or more messages in a row are missing.</summary>
    public long Gaps(IReadOnlyList<Publisher> publishers) =>
        _groups.Select((senders, group) => senders.Select((sequence, publisher) => sequence.Gaps(publishers[publisher].PublishedTo(group))).Sum()).Sum();

    /// <summary>Joins, and completes when all joins stand.</summary>
    public async Task JoinAsync(MsgcClient client, string[] names, CompositeDisposable subscriptions, CancellationToken token)
    {
        var groups = Array.ConvertAll(names, client.Group);
        foreach (var group in groups)
        {
            var senders = Enumerable.Range(0, load.Publishers).Select(_ => new Sequence()).ToArray();
            _groups.Add(senders);
            subscriptions.Add(group.Subscribe(message => OnMessage(senders, message.Payload.Span)));
        }
        foreach (var group in groups) await group.WhenJoinedAsync(token);
    }

    private long Sum(Func<Sequence, long> count) => _groups.Sum(senders => senders.Sum(count));

    private void OnMessage(Sequence[] senders, ReadOnlySpan<byte> payload)
    {
        // What is not as it was published does not count as delivered.
        if (payload.Length != load.Size) return;
        var stamp = Stamp.Read(payload);
        if (stamp.Publisher >= senders.Length) return;
        switch (stamp.Number)
        {
            case >= 0:
                if (stamp.Time != Stamp.Untimed) latencies.Record(clock.Elapsed.Ticks - stamp.Time);
                senders[stamp.Publisher].Add(stamp.Number);
                break;
            case Stamp.EndOfWarmUp:
                warmUp.Signal();
                break;
            case Stamp.End:
                end.Signal();
                break;
        }
    }
}
