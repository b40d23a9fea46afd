using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Tests.Testing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>A client that comes back while its old session is half-open is one member. (contract, "§6")</summary>
public sealed class SessionNumberTests : IDisposable
{
    private readonly World _world = new();
    private readonly List<string> _views = [];

    public SessionNumberTests()
    {
        var watcher = _world.Client("watcher");
        watcher.Group("kept").Membership.Merge(watcher.Group("given up").Membership).Skip(2).Subscribe(v => _views.Add($"{v.Group}: {v.Shown()}"));
        _world.Settle();
    }

    [Fact]
    public void A_newer_session_takes_the_old_ones_place_without_a_view_and_the_old_one_is_closed()
    {
        var old = Open(session: 1, "kept");
        var renewed = Open(session: 2, "kept");
        Assert.Equal(["kept: +c [c] Join"], _views);
        Assert.Equal(MsgcCause.Closed, old.End?.Cause);
        Assert.Null(renewed.End);
        renewed.Connection.Abort(MsgcCause.Closed);
        _world.Settle();
        Assert.Equal(["kept: +c [c] Join", "kept: -c [] Disconnect"], _views);
    }

    [Fact]
    public void What_the_newer_session_does_not_join_again_is_left_once_it_says_so()
    {
        Open(session: 1, "kept", "given up");
        var renewed = Open(session: 2, "kept");
        Assert.Equal(2, _views.Count);
        renewed.Send(Frames.Bare(FrameKind.Rejoined));
        _world.Settle();
        Assert.Equal("given up: -c [] Disconnect", _views[^1]);
        Assert.Equal(3, _views.Count);
    }

    [Fact]
    public void A_late_older_session_is_closed_and_changes_nothing()
    {
        var newer = Open(session: 2, "kept");
        var older = Open(session: 1, "kept", "given up");
        Assert.Equal(["kept: +c [c] Join"], _views);
        Assert.Equal(MsgcCause.Closed, older.End?.Cause);
        Assert.Null(newer.End);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Messages_reach_the_session_that_came_last_even_under_the_same_number(ulong number)
    {
        var publisher = _world.Client("publisher");
        Open(session: 1, "kept");
        publisher.Group("kept").Publish("to the first");
        _world.Settle();
        var last = Open(number, "kept");
        var before = last.Received.Count;
        publisher.Group("kept").Publish("to you");
        _world.Settle();
        Assert.Equal(MessageFrame.LengthOf("kept".Length, "to you".Length), last.Received.Count - before);
    }

    [Fact]
    public void Watching_again_and_again_without_reading_is_bounded_too()
    {
        var raw = Open(session: 1);
        raw.Receiving = _ => raw.Connection.Pause();
        byte[] name = [.. Enumerable.Repeat((byte)'n', 200)], watch = Frames.Named(FrameKind.Watch, name), unwatch = Frames.Named(FrameKind.Unwatch, name);
        raw.Send(Enumerable.Repeat(new[] { watch, unwatch }, 20_000).SelectMany(pair => pair).ToArray());
        _world.Advance(TimeSpan.FromSeconds(10));
        Assert.True(raw.SentAt.Count < 2, "the server has read everything, though nothing of its answers was");
    }

    [Fact]
    public void A_client_that_asks_without_reading_is_not_read_either_and_goes_on_when_it_reads()
    {
        const int Asked = 5000;
        var raw = Open(session: 1);
        var before = raw.Received.Count;
        var paused = true;
        raw.Receiving = _ =>
        {
            if (paused) raw.Connection.Pause();
        };
        var join = Frames.Named(FrameKind.Join, "a long enough name for the answers to fill windows, a long enough name for the answers to fill windows"u8);
        raw.Send(Enumerable.Repeat(join, 20 * Asked).ToArray());
        _world.Advance(TimeSpan.FromMinutes(1));
        Assert.True(raw.SentAt.Count < 2, "the server has read everything, though its answers were not");
        paused = false;
        raw.Connection.Resume();
        _world.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(raw.End);
        Assert.Equal(20 * Asked, (raw.Received.Count - before) / join.Length);
    }

    public void Dispose() => _world.Dispose();

    private Peer Open(ulong session, params string[] joins)
    {
        Peer? peer = null;
        _world.Network.Host($"c{session}").Dial(MsgcEndpoint.Parse("server:4809"), new MsgcSocketOptions()).Subscribe(connection =>
        {
            peer = new Peer(_world.Scheduler, connection);
            connection.Start(peer);
            peer.Send([
                new HelloFrame(77, session, Timeout.InfiniteTimeSpan, "c", NoEcho: false).Write(),
                .. joins.Select(name => Frames.Named(FrameKind.Join, System.Text.Encoding.UTF8.GetBytes(name))),
            ]);
        });
        _world.Settle();
        return peer!;
    }
}
