using System.Reactive.Disposables;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;

namespace Msgc.Reactive;

/// <content>Who subscribes to what: joining and watching by the first, leaving by the last; views are told where the current one can be.</content>
public sealed partial class MsgcGroup
{
    private IDisposable SubscribeEvents(IObserver<MsgcGroupEvent> observer)
    {
        Watch();
        Join();
        return SubscribeInTurn(_events, Watched("events", observer), static view => new MsgcGroupEvent(view), () =>
        {
            Leave();
            Unwatch();
        });
    }

    private IDisposable SubscribeViews(IObserver<MsgcView> observer)
    {
        Watch();
        return SubscribeInTurn(_views, Watched("views", observer), static view => view, Unwatch);
    }

    /// <summary>Adds an observer inside the turn, where the view there is can be told to it without missing or repeating one.</summary>
    private IDisposable SubscribeInTurn<T>(Fanout<T> fanout, IObserver<T> observer, Func<MsgcView, T> first, Action removed)
    {
        var once = Disposable.Create(removed);
        var subscription = new SingleAssignmentDisposable();
        _client.Turn.Post(() =>
        {
            if (subscription.IsDisposed) return;
            if (fanout.Add(observer, once.Dispose) is not { } added)
            {
                once.Dispose();
                return;
            }
            subscription.Disposable = added;
            if (_view.Current is { } view) Fanout<T>.PushTo(added, first(view));
        });
        return Disposable.Create(() =>
        {
            subscription.Dispose();
            once.Dispose();
        });
    }

    private IObserver<T> Watched<T>(string sequence, IObserver<T> observer) => _client.Probe is { } probe ? probe.Watch($"{Name}'s {sequence}", observer) : observer;

    private void Join()
    {
        lock (_client.Gate)
        {
            if (++_joins > 1) return;
            _numbers.Rejoin();
            _client.SendJoin(this);
            Receive();
        }
    }

    private void Leave()
    {
        lock (_client.Gate)
        {
            if (--_joins > 0) return;
            _client.Probe?.Left(Name);
            _client.SendLeave(this);
            Receive();
        }
        FailJoins(new InvalidOperationException($"Group '{Name}' was left before its join was acknowledged."));
    }

    private void Watch()
    {
        lock (_client.Gate)
        {
            if (++_watches == 1) _client.SendWatch(FrameKind.Watch, this);
        }
    }

    private void Unwatch()
    {
        lock (_client.Gate)
        {
            if (--_watches > 0) return;
            _client.SendWatch(FrameKind.Unwatch, this);
        }
        _client.Turn.Post(() =>
        {
            if (Volatile.Read(ref _watches) == 0) _view.Forget();
        });
    }

    private sealed class Sequence<T>(Func<IObserver<T>, IDisposable> subscribe) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            return subscribe(observer);
        }
    }
}
