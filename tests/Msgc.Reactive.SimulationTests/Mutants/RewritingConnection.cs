using Msgc.Reactive.Framing;
using Msgc.Reactive.Simulation.Wire;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.SimulationTests.Mutants;

/// <summary>A connection that sends other frames than it is given: for each frame those that the rule makes of it.</summary>
internal sealed class RewritingConnection(IMsgcConnection inner, Func<byte[], IEnumerable<byte[]>> rule) : WrappedConnection(inner)
{
    private readonly FrameReader _frames = new();

    public override void Send(IList<ArraySegment<byte>> batch)
    {
        var rewritten = new List<ArraySegment<byte>>();
        foreach (var segment in batch) _frames.Add(segment, frame => rewritten.AddRange(Singles(frame).SelectMany(rule).Select(bytes => new ArraySegment<byte>(bytes))));
        base.Send(rewritten);
    }

    /// <summary>Messages that share a frame in frames of their own, so that rules need not know of such.</summary>
    private static List<byte[]> Singles(Frame frame)
    {
        if (frame.Kind != FrameKind.Message) return [frame.Bytes.ToArray()];
        var singles = new List<byte[]>();
        var payload = MessageFrame.FirstPayload(frame.Bytes, out var rest);
        while (true)
        {
            var name = MessageFrame.Name(frame.Bytes);
            var single = new byte[MessageFrame.LengthOf(name.Length, payload.Length)];
            MessageFrame.Write(single, MessageFrame.Sender(frame.Bytes), MessageFrame.Number(frame.Bytes) + (ulong)singles.Count, name, payload);
            singles.Add(single);
            if (singles.Count == MessageFrame.Messages(frame.Bytes)) return singles;
            payload = MessageFrame.NextPayload(ref rest);
        }
    }
}
