using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>Members of one group. There are a few such groups of equal members, so that a block of joins has one for each. First nobody watches, then one client.</summary>
internal sealed class MembersDimension : IDimension
{
    private const string Members = "members of a group";
    private const int Groups = 32;
    private const int Joins = 100;
    private const int Deliveries = 200_000;

    private static readonly Operation Join = new(Members, "join");
    private static readonly Operation Leave = new(Members, "leave");
    private static readonly Operation Publish = new(Members, "publish, a member");
    private static readonly Operation First = new(Members, "first publish after a join, a member");
    private static readonly Operation Watch = new(Members, "watch, a member of the first view");
    private static readonly Operation WatchedJoin = new(Members, "join of a watched group");
    private static readonly Operation WatchedLeave = new(Members, "leave of a watched group");
    private static readonly Operation WatchedPublish = new(Members, "publish to a watched group, a member");
    private static readonly int[] All = [.. Enumerable.Range(0, Groups)];

    public string Name => Members;

    public IReadOnlyList<int> Sizes(bool quick) => quick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000];

    public int Peers(int size) => 0;

    public void Measure(World world, Meter meter, int size, Random random)
    {
        var join = FarClient.Say(FrameKind.Join, All);
        foreach (var member in world.Clients(size))
        {
            member.Wire.Play(join);
            World.Expect(member.Wire, FrameKind.JoinAck, Groups);
        }
        var (joiner, publisher, watcher) = (world.Client(), world.Client(), world.Client());
        GC.Collect();
        JoinAndLeave(meter, joiner, (Join, Leave));
        PublishOften(meter, publisher, Publish, size);
        PublishAfterJoins(meter, joiner, publisher, size);
        var watch = FarClient.Say(FrameKind.Watch, All);
        meter.Time(Watch, Groups * size, () => watcher.Wire.Play(watch));
        JoinAndLeave(meter, joiner, (WatchedJoin, WatchedLeave));
        PublishOften(meter, publisher, WatchedPublish, size);
        if (watcher.Wire.Take(FrameKind.View) < 2 * Joins * Groups) throw new InvalidOperationException("Views are missing.");
    }

    private static void JoinAndLeave(Meter meter, FarClient joiner, (Operation Join, Operation Leave) operations)
    {
        var (join, leave) = (FarClient.Say(FrameKind.Join, All), FarClient.Say(FrameKind.Leave, All));
        for (var i = 0; i < Joins; i++)
        {
            meter.Time(operations.Join, Groups, () => joiner.Wire.Play(join));
            meter.Time(operations.Leave, Groups, () => joiner.Wire.Play(leave));
        }
        World.Expect(joiner.Wire, FrameKind.JoinAck, Joins * Groups);
        World.Expect(joiner.Wire, FrameKind.LeaveAck, Joins * Groups);
    }

    /// <summary>One message at a time: a run of more would share its cost.</summary>
    private static void PublishOften(Meter meter, FarClient publisher, Operation operation, int size)
    {
        byte[][] messages = [.. All.Select(group => publisher.Messages([group]))];
        World.Play(publisher.Wire, messages);
        var times = Math.Max(1, Deliveries / size / Groups);
        meter.Time(operation, times * Groups * size, () =>
        {
            for (var i = 0; i < times; i++) World.Play(publisher.Wire, messages);
        });
    }

    private static void PublishAfterJoins(Meter meter, FarClient joiner, FarClient publisher, int size)
    {
        byte[][] messages = [.. All.Select(group => publisher.Messages([group]))];
        for (var i = 0; i < Math.Max(1, Deliveries / size / Groups); i++)
        {
            joiner.Wire.Play(FarClient.Say(FrameKind.Join, All));
            meter.Time(First, Groups * (size + 1), () => World.Play(publisher.Wire, messages));
            joiner.Wire.Play(FarClient.Say(FrameKind.Leave, All));
        }
        World.Expect(joiner.Wire, FrameKind.Message, Math.Max(1, Deliveries / size / Groups) * Groups);
        joiner.Wire.Take(FrameKind.JoinAck);
        joiner.Wire.Take(FrameKind.LeaveAck);
    }
}
