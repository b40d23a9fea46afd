using System.Runtime.CompilerServices;
using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Groups;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <content>From a received frame to the observers.</content>
public sealed partial class MsgcGroup
{
    /// <summary>A frame's messages from the first on that was not handled, one by one, until an observer holds them up or their session has ended.</summary>
    /// <returns>The first that is still not handled, or their number.</returns>
    internal int OnMessages(ClientSession session, ReadOnlySpan<byte> frame, int first)
    {
        var messages = MessageFrame.Messages(frame);
        var push = default(Fanout<MsgcMessage>.UnguardedPush);
        do
        {
            try
            {
                OnMessages(session, frame, ref first, ref push);
            }
            catch (Exception error) when (push.Failed(error))
            {
                // That message is handled as well; the others follow.
            }
        }
        while (first < messages && !_client.IsHeld && session.End is null);
        return first;
    }

    // By itself, and messages by value: next to a guard, or behind a reference, they would not be in registers, which takes a sixth of a delivery.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void OnMessages(ClientSession session, ReadOnlySpan<byte> frame, ref int first, ref Fanout<MsgcMessage>.UnguardedPush push)
    {
        var (messages, sender, number) = (MessageFrame.Messages(frame), MessageFrame.Sender(frame), MessageFrame.Number(frame));
        var payload = MessageFrame.FirstPayload(frame, out var rest);
        for (var i = 0; i < first; i++) payload = MessageFrame.NextPayload(ref rest);
        while (true)
        {
            OnMessage(sender, number + (ulong)first++, payload, ref push);
            if (first == messages || _client.IsHeld || session.End is not null) return;
            payload = MessageFrame.NextPayload(ref rest);
        }
    }

    private void OnMessage(ulong sender, ulong number, ReadOnlySpan<byte> payload, ref Fanout<MsgcMessage>.UnguardedPush push)
    {
        if (!Volatile.Read(ref _isReceiving)) return;
        if (!_numbers.IsNext(sender, number, _client.Now))
        {
            if (!_numbers.Accept(sender, number, _client.Now, _client.SenderMemory, out var skipped)) return;
            if (skipped > 0) PushSkip(sender, skipped);
        }
        var message = new MsgcMessage(Name, new MsgcClientId(sender), (long)number, _client.Payloads.Reserve(payload.Length, out var kept));
        payload.CopyTo(kept); // only now: a message read as a whole right behind the writes of its fields keeps the processor waiting for them
        if (_events.IsEmpty && _client.Probe is null && !Activities.IsOn) _messages.Push(message, ref push);
        else PushToAll(message);
    }

    private void PushSkip(ulong sender, ulong skipped) => Push(new MsgcGap(Name, MsgcGapCause.Skip, (long)skipped, new MsgcClientId(sender), null));

    /// <summary>To all who hear messages in one way or another.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PushToAll(MsgcMessage message)
    {
        _client.Probe?.Delivering(message);
        using var activity = Activities.IsOn ? Activities.Process(Name, _client.Id, message.Payload.Length) : null;
        _messages.Push(message);
        _events.Push(new MsgcGroupEvent(message));
    }
}
