using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Routing;

/// <summary>
/// While a server drains, its answers to leaves and flushes wait until a flush, begun after the question, has come back from every peer:
/// then all that these had handled is here. One round is under way at a time; what is asked meanwhile waits for the next. Under the
/// tables' gate. (contract, "§6")
/// </summary>
internal sealed class FlushRounds(Func<IReadOnlyCollection<Link>> links)
{
    private List<Action> _next = [];
    private List<Action> _current = [];
    private ulong _round;
    private int _awaited;

    /// <summary>Does it after a round that begins now or later.</summary>
    public void After(Action action)
    {
        _next.Add(action);
        if (_awaited == 0) Begin();
    }

    /// <summary>A link has answered, or is gone.</summary>
    public void Answered(Link link, ulong round)
    {
        if (link.AwaitedFlush == 0 || link.AwaitedFlush != round) return;
        link.AwaitedFlush = 0;
        if (--_awaited > 0) return;
        Finish();
        if (_next.Count > 0) Begin();
    }

    private void Begin()
    {
        _round++;
        (_current, _next) = (_next, _current);
        foreach (var link in links())
        {
            link.AwaitedFlush = _round;
            _awaited++;
            link.Outbox.Control(Frames.Number(FrameKind.Flush, _round));
        }
        if (_awaited == 0) Finish();
    }

    private void Finish()
    {
        foreach (var action in _current) action();
        _current.Clear();
    }
}
