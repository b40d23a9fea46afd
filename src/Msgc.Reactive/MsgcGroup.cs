using System.Reactive.Disposables;
using System.Reactive.Subjects;
using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <summary>
/// A named topic, as one client sees it: subscribe to receive, publish to send. Cheap, and does nothing until used. Subscribing to the
/// group or to its <see cref="Events"/> joins, the last unsubscription leaves; both are re-established after a reconnect. Sequences
/// complete when the client is disposed and error only on what retrying cannot mend; a lost connection does not end them. (contract, "§3")
/// Thread-safe; observers are called one at a time.
/// </summary>
public sealed partial class MsgcGroup : ISubject<ReadOnlyMemory<byte>, MsgcMessage>
{
    private readonly ClientGroups _client;
    private readonly PublishCounter _counter;
    private readonly Fanout<MsgcMessage> _messages;
    private readonly Fanout<MsgcGroupEvent> _events;
    private readonly Fanout<MsgcView> _views;
    private readonly SenderNumbers _numbers = new();
    private readonly KnownView _view;
    private readonly List<Completion<bool>> _joining = [];
    private int _joins;
    private int _watches;
    private Standing _here;
    private Standing _next;
    private Exception? _end;
    private bool _isReceiving;
    private long _dropped;
    private long _overflowed;

    internal MsgcGroup(ClientGroups client, string name, byte[] bytes)
    {
        _client = client;
        _counter = new PublishCounter(bytes);
        Name = name;
        _view = new KnownView(name);
        void Failed(Exception error) => client.Report(new MsgcDiagnostic(MsgcDiagnosticKind.ObserverFailed, name, 0, error));
        _messages = new Fanout<MsgcMessage>(Failed);
        _events = new Fanout<MsgcGroupEvent>(Failed);
        _views = new Fanout<MsgcView>(Failed);
        Events = new Sequence<MsgcGroupEvent>(SubscribeEvents);
        Membership = new Sequence<MsgcView>(SubscribeViews);
    }

    /// <summary>The group's name.</summary>
    public string Name { get; }

    /// <summary>Messages, views and gaps in the one order in which they arrived. Subscribing joins. (contract, "§4")</summary>
    public IObservable<MsgcGroupEvent> Events { get; }

    /// <summary>The group's views, the current one first. Subscribing watches without joining. (contract, "§6")</summary>
    public IObservable<MsgcView> Membership { get; }

    internal byte[] Bytes => _counter.Group;

    /// <summary>Under the client's gate, as the next four.</summary>
    internal bool IsActive => _joins > 0 || _watches > 0;

    internal bool IsJoined => _joins > 0;

    internal bool IsWatched => _watches > 0;

    /// <summary>How the join stands on the client's session.</summary>
    internal ref Standing Here => ref _here;

    /// <summary>How it stands on the session that the client is moving to.</summary>
    internal ref Standing Next => ref _next;

    /// <summary>Receives the group's messages. Joins, unless another subscription has.</summary>
    /// <param name="observer">Called one message at a time. One that throws is unsubscribed and reported in the client's diagnostics.</param>
    public IDisposable Subscribe(IObserver<MsgcMessage> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        if (_messages.Add(Watched("messages", observer), Leave) is not { } subscription) return Disposable.Empty;
        Join();
        return subscription;
    }

    /// <summary>
    /// Publishes. Copies the payload, completes when the message is in the client's queue, and waits, in order, while that is full;
    /// while disconnected messages are queued too. (contract, "§5")
    /// </summary>
    /// <param name="payload">Any bytes, together with the name and 24 bytes at most the server's MaxFrameBytes; read until the task completes.</param>
    /// <param name="cancellationToken">Gives the waiting up; the message is then not published and takes no number.</param>
    /// <exception cref="ArgumentException">The payload is too large; when that shows only after a wait, since the server is another one, the task fails with it.</exception>
    /// <exception cref="InvalidOperationException">The group is the system's: its name starts with $.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public ValueTask PublishAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        ThrowIfSystem();
        _client.Probe?.Publishing(Name);
        return Activities.IsOn ? PublishTracedAsync(payload, cancellationToken) : _client.Queue.PublishAsync(_counter, payload, cancellationToken);
    }

    /// <summary>
    /// Publishes without waiting: while the client's queue is full the message is dropped, counted and reported in the client's
    /// diagnostics, and members see the gap. Thread-safe, from any number of pipelines. (contract, "§5")
    /// </summary>
    /// <exception cref="ArgumentException">The payload is too large.</exception>
    /// <exception cref="InvalidOperationException">The group is the system's: its name starts with $.</exception>
    /// <exception cref="ObjectDisposedException">The client is disposed.</exception>
    public void OnNext(ReadOnlyMemory<byte> value)
    {
        ThrowIfSystem();
        _client.Probe?.Publishing(Name);
        using var activity = Activities.IsOn ? Activities.Publish(Name, _client.Id, value.Length) : null;
        if (_client.Queue.TryPublish(_counter, value.Span) || Interlocked.Increment(ref _dropped) != 1) return;
        // One report at a time is under way; it tells of all that were dropped until it is made.
        _client.Turn.Post(() => _client.Report(new MsgcDiagnostic(MsgcDiagnosticKind.PublishDropped, Name, Interlocked.Exchange(ref _dropped, 0), null)));
    }

    /// <summary>The end of a pipeline that publishes here: publishes nothing and leaves the group usable.</summary>
    public void OnCompleted()
    {
    }

    /// <summary>As <see cref="OnCompleted"/>.</summary>
    public void OnError(Exception error)
    {
    }

    /// <summary>
    /// Completes when the join is in force on all servers: what is published afterwards, anywhere, arrives. (contract, "§4")
    /// </summary>
    /// <exception cref="MsgcPausedException">An observer of this client has paused reading for longer than StallTimeout: the answer lies behind it.</exception>
    /// <exception cref="InvalidOperationException">Nothing is subscribed to the group or its events, so it is not joined.</exception>
    public Task WhenJoinedAsync(CancellationToken cancellationToken = default)
    {
        lock (_client.Gate)
        {
            if (_end is not null) return Task.FromException(_end);
            if (_joins == 0)
                return Task.FromException(new InvalidOperationException($"Group '{Name}' is not joined: subscribe to it, or to its events, first."));
            if (_here.Stands || _next.Stands) return Task.CompletedTask;
            if (_client.Stuck is { } stuck) return Task.FromException(stuck);
            var completion = new Completion<bool>(_client.Dispatcher);
            _joining.RemoveAll(c => c.IsClaimed);
            _joining.Add(completion);
            completion.CancelWith(cancellationToken);
            return completion.Task;
        }
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal void OnView(bool first, bool last, bool snapshot, UInt128 viewId, MsgcViewCause cause, List<ViewEntry> entries)
    {
        if (Volatile.Read(ref _watches) == 0 || _view.Apply(first, last, snapshot, viewId, cause, entries) is not { } view) return;
        _client.Probe?.Viewing(view);
        _views.Push(view);
        _events.Push(new MsgcGroupEvent(view));
    }

    /// <summary>The join stands; while not all servers are linked, messages may be missing from its beginning.</summary>
    internal void OnJoined(ClientSession session, bool isComplete)
    {
        Completion<bool>[] joined;
        lock (_client.Gate)
        {
            if (_client.IsNext(session) is not { } next || !(next ? _next.Joined() : _here.Joined())) return;
            if (next) _client.NoteJoined(this);
            joined = [.. _joining];
            _joining.Clear();
        }
        _client.Counts.Join();
        _client.Probe?.Joined(Name);
        if (!isComplete) Push(new MsgcGap(Name, MsgcGapCause.LinkLost, null, null, null));
        foreach (var completion in joined) completion.TrySetResult(true);
    }

    internal void OnLeft(ClientSession session)
    {
        lock (_client.Gate)
        {
            if (_client.IsNext(session) is not { } next) return;
            if (next) _next.Left();
            else _here.Left();
            Receive();
        }
    }

    internal void Push(MsgcGap gap)
    {
        _client.Counts.Gap(gap.Count);
        _client.Probe?.Missing(gap);
        _events.Push(new MsgcGroupEvent(gap));
    }

    /// <summary>As <see cref="Push(MsgcGap)"/>, if the group is joined still.</summary>
    internal void PushIfJoined(MsgcGap gap)
    {
        if (Volatile.Read(ref _isReceiving)) Push(gap);
    }

    /// <summary>The client has moved to another server: the next view tells that nobody joined or left, if so. Inside the turn.</summary>
    internal void OnMoved() => _view.Move();

    /// <summary>What stands on the next session is what stands; nothing does where there is none. Under the client's gate.</summary>
    internal void Promote()
    {
        _here = _next;
        LoseNext();
    }

    /// <summary>Nothing stands on the session that the client was moving to. Under the client's gate.</summary>
    internal void LoseNext()
    {
        _next = default;
        Receive();
    }

    /// <summary>Between a leave and its acknowledgement messages are discarded. Under the client's gate, after each change of <see cref="Here"/>.</summary>
    internal void Receive() => Volatile.Write(ref _isReceiving, _joins > 0 && _here.IsReceiving);

    /// <summary>Ends all sequences. Inside the turn.</summary>
    internal void End(Exception? error)
    {
        _messages.End(error);
        _events.End(error);
        _views.End(error);
        lock (_client.Gate) _end = error ?? new ObjectDisposedException(nameof(MsgcClient));
        FailJoins(_end);
    }

    /// <summary>Fails whoever waits for the join.</summary>
    internal void FailJoins(Exception error)
    {
        Completion<bool>[] waiting;
        lock (_client.Gate)
        {
            waiting = [.. _joining];
            _joining.Clear();
        }
        foreach (var completion in waiting) completion.TrySetException(error);
    }

    private async ValueTask PublishTracedAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        using var activity = Activities.Publish(Name, _client.Id, payload.Length);
        try
        {
            await _client.Queue.PublishAsync(_counter, payload, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            activity?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, error.Message);
            throw;
        }
    }

    private void ThrowIfSystem()
    {
        if (GroupName.IsSystem(Bytes))
            throw new InvalidOperationException($"Group '{Name}' is the system's, as all are whose names start with $: it can be joined and watched, but only servers publish there.");
    }
}
