using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Where a turn ends inside a run it is cut between two messages, whether these are all equal or not.</summary>
public sealed class RunTests
{
    public static TheoryData<int[]> Payloads => [[10, 10, 10, 10, 10], [11, 10, 10, 10, 10], [10, 11, 10, 10, 10], [10, 10, 10, 10, 9], [10, 11, 11, 11, 10], [0, 0, 0]];

    [Theory]
    [MemberData(nameof(Payloads))]
    public void A_run_that_a_server_gathers(int[] payloads)
    {
        var inbox = new Inbox(new BlockPool());
        var block = inbox.GetBuffer().Span;
        var length = 0;
        foreach (var payload in payloads) length += MessageFrame.Write(block[length..], 1, 1, "g"u8, new byte[payload]);
        inbox.Commit(length);
        Assert.Equal(FrameStatus.Complete, Frame.TryRead(inbox.Unread, 1024, out var frame, out _));
        var run = new RunGatherer(new NobodyHears()).Gather(inbox, frame, 1, new Load(100, 1024), 1024, out _, out _);
        Assert.Equal(payloads.Length, run.Messages);

        for (var first = 1; first < payloads.Length; first++)
        {
            Assert.Equal(payloads[..first], PayloadsOf(run.Cut(first, out var rest)));
            Assert.Equal(payloads[first..], PayloadsOf(rest));
            run.Block!.Release();
        }
        inbox.Clear();
    }

    [Theory]
    [MemberData(nameof(Payloads))]
    public void What_a_client_has_queued(int[] payloads)
    {
        var pool = new BlockPool();
        var queue = new PublishQueue(new Dispatcher(null), pool, 1, () => new BacklogLimits(100, 1024 * 1024), 1024);
        var feed = PublishQueueTests.Feed(queue);
        queue.Begin(feed, [], 1024);
        var counter = new PublishCounter("g"u8.ToArray());
        foreach (var published in (int[][])[payloads, payloads]) // what is taken the first time does not count for the second
        {
            foreach (var payload in published) queue.TryPublish(counter, new byte[payload]);
            var taken = new List<int[]>();
            while (queue.TryTake(feed, 2, out var run))
            {
                taken.Add(PayloadsOf(run));
                run.Block!.Release();
            }
            Assert.Equal(payloads.Chunk(2), taken);
        }
        queue.Close(new ObjectDisposedException(null));
        Assert.Equal(0, pool.Outstanding);
    }

    private static int[] PayloadsOf(Run run)
    {
        var payloads = new List<int>();
        for (var rest = run.Bytes; rest.Length > 0;)
        {
            Assert.Equal(FrameStatus.Complete, Frame.TryRead(rest, 1024, out var frame, out _));
            payloads.Add(frame.Bytes.Length - MessageFrame.LengthOf(1, 0));
            rest = rest[frame.Bytes.Length..];
        }
        Assert.Equal(run.Messages, payloads.Count);
        return [.. payloads];
    }

    /// <summary>A switchboard without groups, for a session that only publishes.</summary>
    private sealed class NobodyHears : ISwitchboard
    {
        public int Version => 0;

        public bool IsCounting => false;

        public IRoute? Find(ReadOnlySpan<byte> group) => null;

        public void Join(ServerSession session, ReadOnlySpan<byte> group, bool isMoving) => throw new NotSupportedException();

        public void Leave(ServerSession session, ReadOnlySpan<byte> group) => throw new NotSupportedException();

        public void Watch(ServerSession session, ReadOnlySpan<byte> group) => throw new NotSupportedException();

        public void Unwatch(ServerSession session, ReadOnlySpan<byte> group) => throw new NotSupportedException();

        public void Rejoined(ServerSession session) => throw new NotSupportedException();

        public void Answer(ServerSession session, byte[] frame) => throw new NotSupportedException();
    }
}
