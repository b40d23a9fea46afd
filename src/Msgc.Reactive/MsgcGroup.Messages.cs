using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <content>From a received frame to the observers.</content>
public sealed partial class MsgcGroup
{
    /// <summary>A frame's messages from the first on that was not handled, one by one, until an observer holds them up or their session has ended.</summary>
    /// <returns>The first that is still not handled, or their number.</returns>
    internal int OnMessages(ClientSession session, ReadOnlySpan<byte> frame, int first)
    {
        var (messages, sender, number) = (MessageFrame.Messages(frame), MessageFrame.Sender(frame), MessageFrame.Number(frame));
        var payload = MessageFrame.FirstPayload(frame, out var rest);
        for (var i = 0; i < first; i++) payload = MessageFrame.NextPayload(ref rest);
        while (true)
        {
            OnMessage(sender, number + (ulong)first, payload);
            if (++first == messages || _client.IsHeld || session.End is not null) return first;
            payload = MessageFrame.NextPayload(ref rest);
        }
    }

    private void OnMessage(ulong sender, ulong number, ReadOnlySpan<byte> payload)
    {
        if (!Volatile.Read(ref _isReceiving)) return;
        if (!_numbers.IsNext(sender, number, _client.Now))
        {
            if (!_numbers.Accept(sender, number, _client.Now, _client.SenderMemory, out var skipped)) return;
            if (skipped > 0) PushSkip(sender, skipped);
        }
        var message = new MsgcMessage(Name, new MsgcClientId(sender), (long)number, _client.Payloads.Reserve(payload.Length, out var kept));
        payload.CopyTo(kept); // only now: a message read as a whole right behind the writes of its fields keeps the processor waiting for them
        _client.Probe?.Delivering(message);
        if (Activities.IsOn) PushTraced(message);
        else Push(message);
    }

    private void PushSkip(ulong sender, ulong skipped) => Push(new MsgcGap(Name, MsgcGapCause.Skip, (long)skipped, new MsgcClientId(sender), null));

    private void Push(in MsgcMessage message)
    {
        _messages.Push(message);
        if (!_events.IsEmpty) _events.Push(new MsgcGroupEvent(message));
    }

    private void PushTraced(in MsgcMessage message)
    {
        using var activity = Activities.Process(Name, _client.Id, message.Payload.Length);
        Push(message);
    }
}
