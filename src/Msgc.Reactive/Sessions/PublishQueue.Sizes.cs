using System.Text;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <content>What is too large for a server: refused at the call, while it waits, and when a server with a smaller limit is reached.</content>
internal sealed partial class PublishQueue
{
    /// <summary>In 64 bits: a payload near 2 GiB is too large, and must not look small.</summary>
    private static Load LoadOf(PublishCounter counter, int payload) => new(1, (long)MessageFrame.HeaderBytes + counter.Group.Length + payload);

    /// <summary>Inside the gate that a new server's maximum comes in by.</summary>
    private Load CheckedLoadOf(PublishCounter counter, int payload)
    {
        var load = LoadOf(counter, payload);
        return load.Bytes > MaxFrameBytes ? throw TooLarge(counter, payload, load) : load;
    }

    private ArgumentException TooLarge(PublishCounter counter, int payload, Load load) => new(
        $"A payload of {payload} bytes in group '{Encoding.UTF8.GetString(counter.Group)}' makes a frame of {load.Bytes} bytes; at most {MaxFrameBytes} are allowed (MaxFrameBytes).",
        nameof(payload));

    /// <summary>Who waits with a message that the new server would not take gets the error that a publish of now gets.</summary>
    private void RefuseLarge(SpinGate.Scope inside)
    {
        for (var node = _waiters.First; node is not null;)
        {
            var (waiter, next) = (node.Value, node.Next);
            if (waiter.Load.Bytes > MaxFrameBytes)
            {
                _waiters.Remove(node);
                var error = TooLarge(waiter.Counter, waiter.Payload.Length, waiter.Load);
                inside.Later(() => waiter.Completion.TrySetException(error));
            }
            node = next;
        }
    }

    /// <summary>Puts a run of messages back without those too large for the server, and returns how many these were.</summary>
    private int RequeueSmall(Run run)
    {
        var dropped = 0;
        for (var rest = run; rest.Messages > 0;)
        {
            var messages = 1;
            var length = MessageFrame.LengthOfFirst(rest.Bytes, ref messages);
            if (length > MaxFrameBytes)
            {
                dropped += messages;
                _used -= new Load(messages, length);
            }
            else
            {
                run.Block!.AddReferences();
                _closedRuns.Enqueue(rest with { Length = length, Messages = messages });
            }
            rest = rest with { Start = rest.Start + length, Length = rest.Length - length, Messages = rest.Messages - messages };
        }
        run.Block!.Release();
        return dropped;
    }
}
