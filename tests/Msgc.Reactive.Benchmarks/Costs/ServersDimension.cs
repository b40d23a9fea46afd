using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>Servers of the mesh, as one of them sees it: it is linked to all others. There are a few thousand groups here.</summary>
internal sealed class ServersDimension : IDimension
{
    private const string Servers = "servers";
    private const int Groups = 4096;
    private const int Often = 60_000;

    private static readonly Operation Join = new(Servers, "join of a new group until all have confirmed, a link");
    private static readonly Operation Leave = new(Servers, "leave of a group, which ends it, a link");
    private static readonly Operation Joins = new(Servers, "join of 256 new groups at once, a join and link");
    private static readonly Operation Leaves = new(Servers, "leave of 256 groups at once, a leave and link");
    private static readonly Operation OutOfStep = new(Servers, "join, each link confirming one join later than the one before, a link");
    private static readonly Operation PublishToAll = new(Servers, "publish that all servers want, a link");
    private static readonly Operation PublishHere = new(Servers, "publish to a member here only");
    private static readonly Operation PublishToNobody = new(Servers, "publish that nobody wants");
    private static readonly Operation PublishFromPeer = new(Servers, "publish from a peer to a member here");

    private int _unused;

    public string Name => Servers;

    public IReadOnlyList<int> Sizes(bool quick) => quick ? [3, 10, 30] : [3, 10, 30, 100];

    public int Peers(int size) => size - 1;

    public void Measure(World world, Meter meter, int size, Random random)
    {
        var (member, joiner, publisher) = (world.Client(), world.Client(), world.Client());
        foreach (var block in Enumerable.Range(0, Groups).Chunk(Blocks.Frames)) member.Wire.Play(FarClient.Say(FrameKind.Join, block));
        FarPeer[] peers = [.. world.PeerNames.Select(world.Linked)];
        Confirm(world, peers);
        _unused = Groups;

        JoinAndLeave(meter, world, joiner, peers, (Join, Leave), 1);
        JoinAndLeave(meter, world, joiner, peers, (Joins, Leaves), Blocks.Frames);
        JoinOutOfStep(meter, world, joiner, peers);

        var wanted = Enumerable.Range(_unused, Blocks.Frames).ToArray();
        foreach (var peer in peers) World.Play(peer.Wire, Blocks.Interest(wanted));
        var sizeOfMesh = peers.Length;
        Publish(meter, publisher.Wire, [.. wanted.Select(group => publisher.Messages([group]))], PublishToAll, sizeOfMesh);
        Publish(meter, publisher.Wire, [publisher.Messages(Some(random, 0))], PublishHere, 1);
        Publish(meter, publisher.Wire, [publisher.Messages(Some(random, 10 * Groups))], PublishToNobody, 1);
        Publish(meter, peers[0].Wire, [publisher.Messages(Some(random, 0))], PublishFromPeer, 1);
        World.Expect(peers[^1].Wire, FrameKind.Message, Times(wanted.Length * sizeOfMesh) * wanted.Length);
    }

    private static int[] Some(Random random, int first) => [.. Enumerable.Range(0, Blocks.Frames).Select(_ => first + random.Next(Groups))];

    private static int Times(int count) => Math.Max(3, Often / count);

    private static void Confirm(World world, FarPeer[] peers)
    {
        foreach (var peer in peers) peer.ConfirmInterest();
        world.Pump.Run();
    }

    private static void Publish(Meter meter, Wire wire, byte[][] blocks, Operation operation, int links)
    {
        var count = links * (blocks.Length == 1 ? Blocks.Frames : blocks.Length);
        var times = Times(count);
        meter.Time(operation, times * count, () =>
        {
            for (var i = 0; i < times; i++) World.Play(wire, blocks);
        });
    }

    private void JoinAndLeave(Meter meter, World world, FarClient joiner, FarPeer[] peers, (Operation Join, Operation Leave) operations, int atOnce)
    {
        for (var i = 0; i < Times(Blocks.Frames * peers.Length); i++)
        {
            int[][] blocks = [.. Enumerable.Range(_unused, Blocks.Frames).Chunk(atOnce)];
            _unused += Blocks.Frames;
            byte[][] joins = [.. blocks.Select(groups => FarClient.Say(FrameKind.Join, groups))], leaves = [.. blocks.Select(groups => FarClient.Say(FrameKind.Leave, groups))];
            meter.Time(operations.Join, Blocks.Frames * peers.Length, () =>
            {
                foreach (var join in joins)
                {
                    joiner.Wire.Play(join);
                    Confirm(world, peers);
                }
            });
            World.Expect(joiner.Wire, FrameKind.JoinAck, Blocks.Frames);
            meter.Time(operations.Leave, Blocks.Frames * peers.Length, () => World.Play(joiner.Wire, leaves));
            World.Expect(joiner.Wire, FrameKind.LeaveAck, Blocks.Frames);
        }
    }

    private void JoinOutOfStep(Meter meter, World world, FarClient joiner, FarPeer[] peers)
    {
        var times = peers.Length + Times(peers.Length);
        byte[][] joins = [.. Enumerable.Range(_unused, times).Select(group => FarClient.Say(FrameKind.Join, [group]))];
        void Play(byte[] join)
        {
            joiner.Wire.Play(join);
            for (var p = 0; p < peers.Length; p++) peers[p].ConfirmInterest(behind: p);
            world.Pump.Run();
        }
        foreach (var join in joins[..peers.Length]) Play(join);
        meter.Time(OutOfStep, Times(peers.Length) * peers.Length, () =>
        {
            foreach (var join in joins.AsSpan(peers.Length)) Play(join);
        });
        Confirm(world, peers);
        World.Expect(joiner.Wire, FrameKind.JoinAck, times);
        foreach (var block in Enumerable.Range(_unused, times).Chunk(Blocks.Frames)) joiner.Wire.Play(FarClient.Say(FrameKind.Leave, block));
        _unused += times;
    }
}
