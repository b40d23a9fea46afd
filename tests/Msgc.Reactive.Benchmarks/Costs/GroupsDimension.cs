using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>Groups on one server, each with one member: one of 16 clients. First without a peer, then with one.</summary>
internal sealed class GroupsDimension : IDimension
{
    private const string Groups = "groups on a server";
    private const int Members = 16;
    private const int Often = 80 * Blocks.Frames;

    private static readonly Operation Memory = new(Groups, "memory held, a group");
    private static readonly Operation First = new(Groups, "first publish to a group after its join");
    private static readonly Operation Publish = new(Groups, "publish to a random group");
    private static readonly Operation PublishToFew = new(Groups, "publish to one of the same 256 groups");
    private static readonly Operation Join = new(Groups, "join of a new group");
    private static readonly Operation Leave = new(Groups, "leave of a group, which ends it");
    private static readonly Operation ToldJoin = new(Groups, "join of a new group, confirmed by a peer");
    private static readonly Operation ToldLeave = new(Groups, "leave of a group, told to a peer");
    private static readonly Operation Told = new(Groups, "summary told to a new link, a group");
    private static readonly Operation Taken = new(Groups, "summary taken, a group that has members here");
    private static readonly Operation Dropped = new(Groups, "link lost, a group that has members here");
    private static readonly Operation TakenNew = new(Groups, "summary taken, a group new here");
    private static readonly Operation DroppedNew = new(Groups, "link lost, a group wanted there only");
    private static readonly Operation Lost = new(Groups, "client lost, a group of its");

    private int _unused;

    public string Name => Groups;

    public IReadOnlyList<int> Sizes(bool quick) => quick ? [1_000, 10_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];

    public int Peers(int size) => 1;

    public void Measure(World world, Meter meter, int size, Random random)
    {
        _unused = size;
        var members = world.Clients(Members);
        var (joiner, publisher) = (world.Client(), world.Client());
        meter.Held(Memory, size, () => JoinAll(members, size));
        PublishToAll(meter, publisher, size);
        GC.Collect();
        PublishToSome(meter, publisher, size, random);
        PublishToSameFew(meter, publisher, size, random);
        JoinAndLeave(meter, world, joiner, peer: null);
        Link(meter, world, joiner, size);
        foreach (var member in members)
        {
            member.Wire.Close();
            meter.Time(Lost, size / Members, world.Pump.Run);
        }
    }

    private static void JoinAll(FarClient[] members, int size)
    {
        for (var m = 0; m < Members; m++)
        {
            var (groups, own) = (0, Enumerable.Range(0, size).Where(group => group % Members == m));
            foreach (var block in own.Chunk(Blocks.Frames))
            {
                members[m].Wire.Play(FarClient.Say(FrameKind.Join, block));
                groups += block.Length;
            }
            World.Expect(members[m].Wire, FrameKind.JoinAck, groups);
        }
    }

    private static void PublishToAll(Meter meter, FarClient publisher, int size)
    {
        foreach (var block in Enumerable.Range(0, size).Chunk(Blocks.Frames))
        {
            var messages = publisher.Messages(block);
            meter.Time(First, block.Length, () => publisher.Wire.Play(messages));
        }
    }

    private static void PublishToSome(Meter meter, FarClient publisher, int size, Random random)
    {
        byte[][] blocks = [.. Enumerable.Range(0, Often / Blocks.Frames).Select(_ =>
            publisher.Messages(Enumerable.Range(0, Blocks.Frames).Select(_ => random.Next(size)).ToArray()))];
        meter.Time(Publish, Often, () => World.Play(publisher.Wire, blocks));
    }

    /// <summary>So that what the number of groups costs is seen apart from what it costs that they are not in the processor's caches.</summary>
    private static void PublishToSameFew(Meter meter, FarClient publisher, int size, Random random)
    {
        var messages = publisher.Messages(Enumerable.Range(0, Blocks.Frames).Select(_ => random.Next(size)).ToArray());
        publisher.Wire.Play(messages);
        meter.Time(PublishToFew, Often, () => World.Play(publisher.Wire, Enumerable.Repeat(messages, Often / Blocks.Frames)));
    }

    private void JoinAndLeave(Meter meter, World world, FarClient joiner, FarPeer? peer)
    {
        for (var i = 0; i < Often; i += Blocks.Frames)
        {
            int[] groups = [.. Enumerable.Range(_unused, Blocks.Frames)];
            _unused += Blocks.Frames;
            var (join, leave) = (FarClient.Say(FrameKind.Join, groups), FarClient.Say(FrameKind.Leave, groups));
            meter.Time(peer is null ? Join : ToldJoin, groups.Length, () =>
            {
                joiner.Wire.Play(join);
                peer?.ConfirmInterest();
                world.Pump.Run();
            });
            World.Expect(joiner.Wire, FrameKind.JoinAck, groups.Length);
            meter.Time(peer is null ? Leave : ToldLeave, groups.Length, () => joiner.Wire.Play(leave));
            World.Expect(joiner.Wire, FrameKind.LeaveAck, groups.Length);
        }
    }

    private void Link(Meter meter, World world, FarClient joiner, int size)
    {
        var times = Math.Clamp(20_000 / size, 1, 20);
        for (var i = 0; i < times; i++)
        {
            var peer = BeginLink(meter, world, size);
            if (i == 0) JoinAndLeave(meter, world, joiner, peer);
            TakeAndDrop(meter, world, peer, (Taken, Dropped), 0, size);
            peer = BeginLink(meter, world, size);
            TakeAndDrop(meter, world, peer, (TakenNew, DroppedNew), _unused, size);
        }
    }

    private static FarPeer BeginLink(Meter meter, World world, int size)
    {
        var peer = world.Peer(world.PeerNames[0]);
        peer.Wire.Feed(peer.Confirm());
        meter.Time(Told, size, () =>
        {
            world.Pump.Run();
            peer.ConfirmInterest();
            world.Pump.Run();
        });
        World.Expect(peer.Wire, FrameKind.PeerReady, 1);
        return peer;
    }

    private static void TakeAndDrop(Meter meter, World world, FarPeer peer, (Operation Taken, Operation Dropped) operations, int first, int count)
    {
        byte[][] summary = [.. Blocks.Interest(Enumerable.Range(first, count))];
        meter.Time(operations.Taken, count, () => World.Play(peer.Wire, summary));
        World.Expect(peer.Wire, FrameKind.InterestAck, summary.Length);
        meter.Time(operations.Dropped, count, () =>
        {
            peer.Wire.Close();
            world.Pump.Run();
        });
    }
}
