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
        foreach (var segment in batch) _frames.Add(segment, frame => rewritten.AddRange(rule(frame.Bytes.ToArray()).Select(bytes => new ArraySegment<byte>(bytes))));
        base.Send(rewritten);
    }
}
