namespace Msgc.Reactive.Sessions;

/// <content>Publishers that wait for room, in order.</content>
internal sealed partial class PublishQueue
{
    /// <summary>Admits who waits while there is room: after a change of limits, too.</summary>
    public void Readmit()
    {
        PublishFeed? feed;
        using (var inside = _gate.Enter())
        {
            Admit(inside);
            feed = _feed;
        }
        feed?.Sender.Wake();
    }

    private void Admit(SpinGate.Scope inside)
    {
        while (_waiters.First is { } first && (first.Value.Completion.IsClaimed || (_used + first.Value.Load).Fits(limits().Full)))
        {
            _waiters.RemoveFirst();
            var waiter = first.Value;
            // Claimed by its cancellation already: it takes no number.
            if (!waiter.Completion.TryClaim()) continue;
            Append(waiter.Counter, waiter.Payload.Span, waiter.Load);
            inside.Later(() => waiter.Completion.SetResult(true)); // not before: from then on the payload is the publisher's again
        }
    }

    /// <summary>A cancelled publisher makes room for those behind it.</summary>
    private void GiveUp(LinkedListNode<Waiter> place)
    {
        PublishFeed? feed;
        using (var inside = _gate.Enter())
        {
            if (place.List is null) return;
            _waiters.Remove(place);
            Admit(inside);
            feed = _feed;
        }
        feed?.Sender.Wake();
    }

    /// <summary>Puts a message behind those that wait; whoever finds room by now, this one too, is admitted at once.</summary>
    private ValueTask WaitAsync(PublishCounter counter, ReadOnlyMemory<byte> payload, CancellationToken token)
    {
        PublishFeed? feed;
        LinkedListNode<Waiter> place;
        using (var inside = _gate.Enter())
        {
            if (_closed is not null) return ValueTask.FromException(_closed);
            var load = CheckedLoadOf(counter, payload.Length);
            place = _waiters.AddLast(new Waiter(new Completion<bool>(dispatcher), counter, payload, load));
            Admit(inside);
            feed = _feed;
        }
        feed?.Sender.Wake();
        // Outside of the gate, since a token that is cancelled by now gives up at once.
        place.Value.Completion.CancelWith(token, () => GiveUp(place));
        return new ValueTask(place.Value.Completion.Task);
    }

    private readonly record struct Waiter(Completion<bool> Completion, PublishCounter Counter, ReadOnlyMemory<byte> Payload, Load Load);
}
