using System.Text;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>A link that ends takes its interest along, some groups at a time.</summary>
public sealed class LostInterestTests
{
    [Fact]
    public void A_link_that_is_replaced_or_lost_leaves_no_group_behind_however_many_it_wanted()
    {
        using var cluster = RawPeer.Cluster();
        byte[][] names = [.. Enumerable.Range(0, 2500).Select(i => Encoding.UTF8.GetBytes($"group{i:D4}"))];
        int[] Wanted() => [.. names.Select(name => cluster.Servers["a"].Switchboard.Find(name)?.Recipients.Length ?? 0)];
        var first = new RawPeer(cluster);
        cluster.Settle();
        foreach (var chunk in names.Chunk(1000)) first.Tap.Send(Interest(chunk));
        cluster.Settle();
        Assert.All(Wanted(), links => Assert.Equal(1, links));

        var next = new RawPeer(cluster);
        cluster.Settle();
        next.Tap.Send(Interest(names[^1..]));
        cluster.Settle();
        Assert.NotNull(first.Tap.End);
        Assert.Equal([.. names[1..].Select(_ => 0), 1], Wanted());

        next.Tap.Send(Interest(names[..1000]));
        next.Tap.Send(Interest(names[1000..2000]));
        next.Tap.Close();
        cluster.Settle();
        Assert.All(names, name => Assert.Null(cluster.Servers["a"].Switchboard.Find(name)));
    }

    private static byte[] Interest(IEnumerable<byte[]> names) => InterestFrame.Write(1, names.SelectMany(name => (byte[])[(byte)name.Length, .. name]).ToArray());
}
