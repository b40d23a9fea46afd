using Msgc.Reactive.Framing;
using Msgc.Reactive.Simulation;
using Msgc.Reactive.Simulation.Wire;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.SimulationTests.Mutants;

/// <summary>Servers that send other frames than they should; each connection has a rule of its own.</summary>
internal abstract class Rewriting : Mutation
{
    public sealed override IMsgcTransport Transport(string host, IMsgcTransport transport, Run run) =>
        host.StartsWith('s') ? new WrappedTransport(transport, connection => new RewritingConnection(connection, Rule())) : transport;

    protected abstract Func<byte[], IEnumerable<byte[]>> Rule();

    protected static bool IsMessage(byte[] frame) => frame[4] == (byte)FrameKind.Message;

    /// <summary>Where a message's payload begins.</summary>
    protected static int PayloadOf(byte[] frame) => MessageFrame.HeaderBytes + frame[5];

    /// <summary>Tells messages of different senders or groups apart.</summary>
    protected static (ulong Sender, byte Group) StreamOf(byte[] frame) => (MessageFrame.Sender(frame), frame[MessageFrame.HeaderBytes]);
}
