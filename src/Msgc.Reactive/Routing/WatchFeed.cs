using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Routing;

/// <summary>Tells one peer whose members clients here want to know. What changes before it is written is told once, as it is then. Under the table's gate.</summary>
internal sealed class WatchFeed(Lock gate, Outbox outbox) : ILateFrames
{
    private readonly OrderedDictionary<byte[], bool> _untold = new(GroupName.Comparer.Instance);
    private bool _isQueued;

    public void Tell(byte[] group, bool isWatched)
    {
        _untold[group] = isWatched;
        if (_isQueued) return;
        _isQueued = true;
        outbox.Control(this);
    }

    public byte[]? Next()
    {
        lock (gate)
        {
            if (_untold.Count == 0)
            {
                _isQueued = false;
                return null;
            }
            var (group, isWatched) = _untold.GetAt(0);
            _untold.RemoveAt(0);
            return Frames.Named(isWatched ? FrameKind.Watch : FrameKind.Unwatch, group);
        }
    }
}
