using System.Reactive.Disposables;
using Msgc.Reactive.Groups;

namespace Msgc.Reactive;

/// <content>Events and views, whose observers come in where the current view can be told.</content>
public sealed partial class MsgcGroup
{
    private IDisposable SubscribeEvents(IObserver<MsgcGroupEvent> observer)
    {
        Watch();
        Join();
        return SubscribeInTurn(_events, observer, static view => new MsgcGroupEvent(view), () =>
        {
            Leave();
            Unwatch();
        });
    }

    private IDisposable SubscribeViews(IObserver<MsgcView> observer)
    {
        Watch();
        return SubscribeInTurn(_views, observer, static view => view, Unwatch);
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

    private sealed class Sequence<T>(Func<IObserver<T>, IDisposable> subscribe) : IObservable<T>
    {
        public IDisposable Subscribe(IObserver<T> observer)
        {
            ArgumentNullException.ThrowIfNull(observer);
            return subscribe(observer);
        }
    }
}
