using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Operators;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <content>Observation at the source, where reading can be paused.</content>
public sealed partial class MsgcGroup
{
    /// <summary>
    /// Receives the group's messages through a bounded queue, one at a time on the client's scheduler (the thread pool by default), away
    /// from the connection's turn. Subscribing joins. (contract, "§5")
    /// </summary>
    /// <param name="capacity">How many messages may wait, at least 1.</param>
    /// <param name="mode">
    /// <see cref="BoundedChannelFullMode.Wait"/> pauses the reading of the whole client's connection, without blocking a thread of the pool, until the
    /// queue is down to half: nothing is lost, and the publishers feel it. The others drop; <see cref="MsgcClient.Diagnostics"/> counts.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1, or there is no such mode.</exception>
    public IObservable<MsgcMessage> Observe(int capacity, BoundedChannelFullMode mode)
    {
        CheckQueue(capacity, mode);
        return mode == BoundedChannelFullMode.Wait
            ? Waiting(this, capacity)
            : Guarded(this.ObserveOnBounded(capacity, mode, _client.Dispatcher.Scheduler, _ => CountOverflow()));
    }

    /// <summary>As <see cref="Observe"/>, with views and gaps; what the queue drops becomes a gap where it was dropped, with its count unless a gap without one was dropped.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is below 1, or there is no such mode.</exception>
    public IObservable<MsgcGroupEvent> ObserveEvents(int capacity, BoundedChannelFullMode mode)
    {
        CheckQueue(capacity, mode);
        return mode == BoundedChannelFullMode.Wait
            ? Waiting(Events, capacity)
            : Guarded(Observable.Create<MsgcGroupEvent>(observer => new GapHandover<MsgcGroupEvent>(
                observer, _client.Dispatcher.Scheduler, capacity, mode,
                static e => e.Gap is { } gap ? gap.Count : 1,
                dropped => new MsgcGroupEvent(new MsgcGap(Name, MsgcGapCause.Overflow, dropped, null, null))).Run(Events)));
    }

    /// <summary>
    /// The group's messages for <c>await foreach</c>; joins when the enumeration begins, leaves when it ends. While the loop's body is
    /// busy up to <paramref name="capacity"/> messages wait; then the connection's reading pauses, as with
    /// <see cref="BoundedChannelFullMode.Wait"/>. Ends when the client is disposed.
    /// </summary>
    /// <param name="capacity">How many messages may wait, at least 1.</param>
    /// <param name="cancellationToken">Ends the enumeration with <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<MsgcMessage> ReadAllAsync(int capacity = 1024, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var hold = new ReadingHold();
        var waiting = 0;
        var channel = Channel.CreateUnbounded<MsgcMessage>(
            new UnboundedChannelOptions { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = _client.Dispatcher.OnUsersScheduler });
        try
        {
            using var subscription = Subscribe(
                Observer(
                    message =>
                    {
                        if (Interlocked.Increment(ref waiting) >= capacity) _client.Holds.Hold(hold, Name);
                        if (_client.Dispatcher.OnUsersScheduler) Write(channel.Writer, message);
                        else channel.Writer.TryWrite(message);
                    },
                    error => _client.Dispatcher.Complete(() => channel.Writer.TryComplete(error))));
            while (await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (channel.Reader.TryRead(out var message))
                {
                    if (Interlocked.Decrement(ref waiting) <= capacity / 2) _client.Holds.Release(hold);
                    yield return message;
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
        finally
        {
            _client.Holds.Close(hold);
        }
    }

    private static IObserver<MsgcMessage> Observer(Action<MsgcMessage> next, Action<Exception?> end) =>
        System.Reactive.Observer.Create(next, end, () => end(null));

    private void Write(ChannelWriter<MsgcMessage> writer, MsgcMessage message) => _client.Dispatcher.Complete(() => writer.TryWrite(message));

    private static void CheckQueue(int capacity, BoundedChannelFullMode mode)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!Enum.IsDefined(mode)) throw new ArgumentOutOfRangeException(nameof(mode), mode, "No such mode.");
    }

    private IObservable<T> Waiting<T>(IObservable<T> source, int capacity) => Guarded(Observable.Create<T>(observer =>
    {
        var hold = new ReadingHold();
        var handover = new WaitingHandover<T>(
            observer, _client.Dispatcher.Scheduler, capacity, () => _client.Holds.Hold(hold, Name), () => _client.Holds.Release(hold));
        return new CompositeDisposable(handover.Run(source), Disposable.Create(() => _client.Holds.Close(hold)));
    }));

    /// <summary>Away from the turn nobody catches what an observer throws, so this does, with the same effect as there.</summary>
    private IObservable<T> Guarded<T>(IObservable<T> source) => new Sequence<T>(observer =>
    {
        var subscription = new SingleAssignmentDisposable();
        subscription.Disposable = source.Subscribe(new GuardedObserver<T>(
            observer, subscription.Dispose, error => _client.Report(new MsgcDiagnostic(MsgcDiagnosticKind.ObserverFailed, Name, 0, error))));
        return subscription;
    });

    private void CountOverflow()
    {
        if (Interlocked.Increment(ref _overflowed) != 1) return;
        _client.Turn.Post(() => _client.Report(new MsgcDiagnostic(MsgcDiagnosticKind.ObservationDropped, Name, Interlocked.Exchange(ref _overflowed, 0), null)));
    }
}
