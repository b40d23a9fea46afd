using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;
using Msgc.Reactive.Tests.Framing;

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
        var run = Gather(inbox, [.. payloads.SelectMany(payload => Wire.MessageOf(1, 1, "g", new byte[payload]))], 100);
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
        queue.Begin(feed, [], 1024, 1);
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

    [Fact]
    public void A_run_of_frames_of_several_messages_is_cut_behind_the_frame_of_the_last_one()
    {
        var inbox = new Inbox(new BlockPool());
        byte[] frames =
        [
            .. Wire.PackedOf(1, 1, "g", new byte[1], new byte[2], new byte[3]), .. Wire.MessageOf(1, 4, "g", new byte[4]), .. Wire.PackedOf(1, 5, "g", new byte[5], new byte[6]),
        ];
        var run = Gather(inbox, frames, 100);
        Assert.Equal(6, run.Messages);
        foreach (var (wanted, got) in ((int, int)[])[(1, 3), (2, 3), (3, 3), (4, 4), (5, 6), (6, 6), (7, 6)])
        {
            var first = run.Cut(wanted, out var rest);
            Assert.Equal(Enumerable.Range(1, got), PayloadsOf(first));
            Assert.Equal(Enumerable.Range(got + 1, 6 - got), rest.Messages == 0 ? [] : PayloadsOf(rest));
            if (rest.Messages > 0) run.Block!.Release();
        }
        inbox.Clear();
    }

    [Theory]
    [InlineData(1, 3)] // a frame is taken as a whole
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(5, 4)]
    [InlineData(6, 6)]
    public void A_run_takes_no_frame_that_would_make_it_too_long_but_its_first(int limit, int messages)
    {
        var inbox = new Inbox(new BlockPool());
        var run = Gather(inbox, [.. Wire.PackedOf(1, 1, "g", [1], [2], [3]), .. Wire.MessageOf(1, 4, "g", [4]), .. Wire.PackedOf(1, 5, "g", [5], [6])], limit);
        Assert.Equal(messages, run.Messages);
        inbox.Clear();
    }

    private static Run Gather(Inbox inbox, byte[] frames, int limit)
    {
        frames.CopyTo(inbox.GetBuffer());
        inbox.Commit(frames.Length);
        Assert.Equal(FrameStatus.Complete, Frame.TryRead(inbox.Unread, 1024, out var frame, out _));
        return new RunGatherer(new NobodyHears()).Gather(inbox, frame, 1, new Load(limit, 1024), 1024, out _, out _);
    }

    private static int[] PayloadsOf(Run run)
    {
        var payloads = new List<int>();
        for (var rest = run.Bytes; rest.Length > 0;)
        {
            Assert.Equal(FrameStatus.Complete, Frame.TryRead(rest, 1024, out var frame, out _));
            payloads.AddRange(Wire.PayloadsOf(frame.Bytes).Select(p => p.Length));
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
