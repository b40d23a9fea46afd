using System.Buffers.Binary;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.SimulationTests.Mutants;

/// <summary>Now and then a message has the payload of the one before it of its sender and group.</summary>
internal sealed class RepeatsPayloads : Rewriting
{
    protected override Func<byte[], IEnumerable<byte[]>> Rule()
    {
        var before = new Dictionary<(ulong, byte), byte[]>();
        var count = 0;
        return frame =>
        {
            if (!IsMessage(frame)) return [frame];
            if (++count % 20 == 0 && before.TryGetValue(StreamOf(frame), out var payload)) payload.CopyTo(frame, PayloadOf(frame));
            before[StreamOf(frame)] = frame[PayloadOf(frame)..];
            return [frame];
        };
    }
}

/// <summary>Now and then two messages of a sender and group have changed their payloads.</summary>
internal sealed class SwapsPayloads : Rewriting
{
    protected override Func<byte[], IEnumerable<byte[]>> Rule()
    {
        var count = 0;
        var late = new HashSet<(ulong, byte)>();
        return frame =>
        {
            if (!IsMessage(frame)) return [frame];
            var payload = frame.AsSpan(PayloadOf(frame));
            var number = BinaryPrimitives.ReadInt64LittleEndian(payload);
            if (late.Remove(StreamOf(frame))) BinaryPrimitives.WriteInt64LittleEndian(payload, number - 1);
            else if (++count % 20 == 0 && late.Add(StreamOf(frame))) BinaryPrimitives.WriteInt64LittleEndian(payload, number + 1);
            return [frame];
        };
    }
}

/// <summary>Now and then a message is lost, and those behind it count on as if it had never been.</summary>
internal sealed class LosesInSilence : Rewriting
{
    protected override Func<byte[], IEnumerable<byte[]>> Rule()
    {
        var lost = new Dictionary<(ulong, byte), ulong>();
        var count = 0;
        return frame =>
        {
            if (!IsMessage(frame)) return [frame];
            if (++count % 20 == 0)
            {
                lost[StreamOf(frame)] = lost.GetValueOrDefault(StreamOf(frame)) + 1;
                return [];
            }
            BinaryPrimitives.WriteUInt64LittleEndian(frame.AsSpan(16), MessageFrame.Number(frame) - lost.GetValueOrDefault(StreamOf(frame)));
            return [frame];
        };
    }
}

/// <summary>Now and then a message goes to a group that nobody has asked for.</summary>
internal sealed class SendsUnwanted : Rewriting
{
    protected override Func<byte[], IEnumerable<byte[]>> Rule()
    {
        var count = 0;
        return frame =>
        {
            if (IsMessage(frame) && ++count % 20 == 0) frame[MessageFrame.HeaderBytes] = (byte)'u';
            return [frame];
        };
    }
}

/// <summary>Every third change of a view is lost.</summary>
internal sealed class LosesViews : Rewriting
{
    protected override Func<byte[], IEnumerable<byte[]>> Rule()
    {
        var count = 0;
        return frame => frame[4] == (byte)FrameKind.View && (frame[6] & ViewFrame.Snapshot) == 0 && ++count % 3 == 0 ? [] : [frame];
    }
}
