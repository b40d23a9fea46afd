using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive.Tests.Sessions;

public sealed class InboxTests
{
    private readonly BlockPool _pool = new(8192);

    [Fact]
    public void The_beginning_of_a_frame_moves_to_the_start_of_a_block_that_is_the_inboxs_alone()
    {
        var inbox = new Inbox(_pool);
        Receive(inbox, [.. Message(1000), .. Message(1000).AsSpan(0, 300)]);
        inbox.Consume(1000);
        Assert.Equal(8192 - 300, inbox.GetBuffer().Length);
        Receive(inbox, Message(1000)[300..]);
        Assert.Equal(Message(1000), inbox.Unread);
        Assert.Equal(1, _pool.Outstanding);
    }

    [Fact]
    public void In_a_shared_block_everything_stays_where_it_is()
    {
        var inbox = new Inbox(_pool);
        Receive(inbox, [.. Message(1000), .. Message(1000).AsSpan(0, 300)]);
        inbox.Consume(1000);
        inbox.Block.AddReferences();
        Assert.Equal(8192 - 1300, inbox.GetBuffer().Length);
        Assert.Equal(1000, inbox.Start);
        inbox.Block.Release();
    }

    [Fact]
    public void A_long_frame_is_moved_once_at_most()
    {
        var inbox = new Inbox(_pool);
        Receive(inbox, [.. Message(1000), .. Message(7000).AsSpan(0, 3000)]);
        inbox.Consume(1000);
        Assert.Equal(8192 - 4000, inbox.GetBuffer().Length); // there is room, and what has begun is longer than what is behind it
        Receive(inbox, Message(7000)[3000..7000]);
        Assert.Equal(Message(7000), inbox.Unread);
    }

    private static void Receive(Inbox inbox, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(inbox.GetBuffer().Span);
        inbox.Commit(bytes.Length);
    }

    private static byte[] Message(int length)
    {
        var frame = new byte[length];
        MessageFrame.Write(frame, 1, 1, "x"u8, new byte[length - MessageFrame.HeaderBytes - 1]);
        return frame;
    }
}
