using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>Frames one behind the other, as a socket delivers them.</summary>
internal static class Blocks
{
    /// <summary>So many frames a block, unless said otherwise: below what a server lets wait of its answers to one client.</summary>
    public const int Frames = 256;

    public static byte[] Concat(IEnumerable<byte[]> frames) => [.. frames.SelectMany(frame => frame)];

    /// <summary>A summary of these groups, in frames as long as a server's own.</summary>
    public static IEnumerable<byte[]> Interest(IEnumerable<int> groups)
    {
        ulong serial = 0;
        foreach (var chunk in groups.Chunk((InterestFrame.MaxBytes - InterestFrame.HeaderBytes) / (1 + Names.Of(0).Length)))
        {
            serial += (ulong)chunk.Length;
            yield return InterestFrame.Write(serial, Concat(chunk.Select(group =>
            {
                var name = Names.Of(group);
                return (byte[])[(byte)name.Length, .. name];
            })));
        }
    }
}
