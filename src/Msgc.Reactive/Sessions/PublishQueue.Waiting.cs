namespace Msgc.Reactive.Sessions;

/// <content>Publishers that wait for room, in order.</content>
internal sealed partial class PublishQueue
{
    /// <summary>Admits who waits while there is room: after a change of limits, too.</summary>
    public void Readmit()
    {
        PublishFeed? feed;
        lock (_gate)
        {
            Admit();
            feed = _feed;
        }
        feed?.Sender.Wake();
    }

    private void Admit()
    {
        while (_waiters.First is { } first && (first.Value.Completion.IsClaimed || (_used + first.Value.Load).Fits(limits().Full)))
        {
            _waiters.RemoveFirst();
            var waiter = first.Value;
            // Claimed by its cancellation already: it takes no number.
            if (!waiter.Completion.TryClaim()) continue;
            Append(waiter.Counter, waiter.Payload.Span, waiter.Load);
            waiter.Completion.SetResult(true); // not before: from then on the payload is the publisher's again
        }
    }

    /// <summary>A cancelled publisher makes room for those behind it.</summary>
    private void GiveUp(LinkedListNode<Waiter> place)
    {
        PublishFeed? feed;
        lock (_gate)
        {
            if (place.List is null) return;
            _waiters.Remove(place);
            Admit();
            feed = _feed;
        }
        feed?.Sender.Wake();
    }

    private Task Wait(PublishCounter counter, ReadOnlyMemory<byte> payload, Load load, CancellationToken token)
    {
        var completion = new Completion<bool>(dispatcher);
        var place = _waiters.AddLast(new Waiter(completion, counter, payload, load));
        completion.CancelWith(token, () => GiveUp(place));
        return completion.Task;
    }

    private readonly record struct Waiter(Completion<bool> Completion, PublishCounter Counter, ReadOnlyMemory<byte> Payload, Load Load);
}
