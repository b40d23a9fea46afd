using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>A client, played frame by frame. It writes blocks; feeding them is what is measured.</summary>
internal sealed class FarClient(Wire wire, ulong id)
{
    private static readonly byte[] Payload = new byte[128];

    private ulong _number;

    public ulong Id => id;

    public Wire Wire => wire;

    /// <summary>Joins, leaves or watches these groups.</summary>
    public static byte[] Say(FrameKind kind, IEnumerable<int> groups) => Blocks.Concat(groups.Select(group => Frames.Named(kind, Names.Of(group))));

    /// <summary>A message to each of these groups. Numbers are not the groups' own: a server does not look at them.</summary>
    public byte[] Messages(IEnumerable<int> groups) => Blocks.Concat(groups.Select(group =>
    {
        var name = Names.Of(group);
        var frame = new byte[MessageFrame.LengthOf(name.Length, Payload.Length)];
        MessageFrame.Write(frame, id, ++_number, name, Payload);
        return frame;
    }));
}
