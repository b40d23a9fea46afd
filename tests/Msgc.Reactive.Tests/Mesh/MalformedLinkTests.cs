using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Tests.Framing;
using static Msgc.Reactive.Tests.Sessions.Raw;
using static Msgc.Reactive.Tests.Framing.Wire;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>What a server does with a peer's wrong bytes: it ends that link, says why, and does nothing else. (contract, "§7")</summary>
public sealed class MalformedLinkTests
{
    private static readonly byte[] PeerHello = new PeerHelloFrame(99, 7, TimeSpan.FromSeconds(30), 1 << 20, "raw", "a").Write();

    /// <summary>What comes instead of the rest of the handshake, after the peer's hello.</summary>
    private static readonly Dictionary<string, (byte[] Bytes, string Reason)> AfterHello = new()
    {
        ["second hello"] = (PeerHello, "a PeerHello frame out of place in the handshake of a link"),
        ["a client's hello"] = (Hello().Write(), "a Hello frame out of place in the handshake of a link"),
        ["ready"] = (Frames.Bare(FrameKind.PeerReady), "a PeerReady frame out of place"),
        ["interest"] = (Interest(1, "x"), "Interest frame out of place"),
        ["message"] = (Message("x", 40), "a Message frame out of place"),
        ["confirmation cut"] = (Wire.Measured(PeerProof.Confirm(new byte[32])[..^1]), "a body of 31 bytes instead of 32"),
        ["oversized"] = (Wire.Measured(new byte[Frame.MaxHandshakeBytes + 1]), "exceeds the maximum of 16384"),
        ["extension"] = (Frames.Bare((FrameKind)0x80), "out of place in the handshake"),
    };

    private static readonly Dictionary<string, (byte[] Bytes, string Reason)> AsHello = new()
    {
        ["cut in its fixed part"] = (Wire.Measured(PeerHello[..43]), "a peer's hello of 43 bytes has a wrong length"),
        ["cut in its name"] = (Wire.Measured(PeerHello[..^1]), "has a wrong length"),
        ["with more than its names"] = (Wire.Measured([.. PeerHello, 0]), "has a wrong length"),
        ["with bad UTF-8"] = (Changed(PeerHello, 44, 0xFF), "server name that is no valid name"),
        ["with wrong magic"] = (Changed(PeerHello, 8, 1), "the first frame is no hello"),
        ["without name"] = (Wire.Measured([.. Changed(PeerHello, 40, 0)[..44], (byte)'a']), "no valid name"),
    };

    /// <summary>What comes over the link.</summary>
    private static readonly Dictionary<string, (byte[] Bytes, string Reason)> OverLink = new()
    {
        ["oversized"] = (Wire.Measured(new byte[(1 << 20) + 1]), "exceeds the maximum of 1048576"),
        ["type 0x3F"] = (Frames.Bare((FrameKind)0x3F), "unknown mandatory type 0x3F"),
        ["interest in nothing"] = (Frames.Number(FrameKind.Interest, 1), "Interest frame without a group"),
        ["interest cut in a name"] = (Wire.Measured(Interest(1, "xyz")[..^1]), "Interest frame with a group that is no valid name"),
        ["interest in no name"] = (Wire.Measured([.. Interest(1, "x"), 0]), "Interest frame with a group that is no valid name"),
        ["interest in bad UTF-8"] = (Changed(Interest(1, "xyz"), 18, 0xFF), "Interest frame with a group that is no valid name"),
        ["interest without serial"] = (Frames.Bare(FrameKind.Interest), "without a group"),
        ["no interest cut"] = (Wire.Measured(InterestFrame.WriteNone(1, "xy"u8)[..^1]), "NoInterest frame whose group"),
        ["no interest with bad UTF-8"] = (Changed(InterestFrame.WriteNone(1, "xy"u8), 16, 0xFF), "NoInterest frame whose group"),
        ["interest's ack cut"] = (Wire.Measured(Frames.Number(FrameKind.InterestAck, 1)[..^1]), "body of 7 bytes instead of 8"),
        ["watch cut"] = (Wire.Measured(Named(FrameKind.Watch, "x")[..^1]), "whose name takes 1 of 0 bytes"),
        ["paused with a body"] = (Wire.Measured([.. Frames.Bare(FrameKind.Paused), 0]), "body of 1 bytes instead of 0"),
        ["resumed with a body"] = (Wire.Measured([.. Frames.Bare(FrameKind.Resumed), 0]), "body of 1 bytes instead of 0"),
        ["drained with a body"] = (Wire.Measured([.. Frames.Bare(FrameKind.Drained), 0]), "body of 1 bytes instead of 0"),
        ["flush cut"] = (Wire.Measured(Frames.Number(FrameKind.Flush, 1)[..^1]), "body of 7 bytes instead of 8"),
        ["view with a bad entry"] = (Wire.Measured(View()[..^1]), "a view with a bad entry"),
        ["message without group"] = (Wire.MessageOf(5, 1, "", "payload"u8), "a message without a group"),
        ["message numbered 0"] = (Wire.MessageOf(5, 0, "x", "payload"u8), "impossible number 0"),
        ["join"] = (Named(FrameKind.Join, "x"), "a Join frame out of place"),
        ["rejoined"] = (Frames.Bare(FrameKind.Rejoined), "a Rejoined frame out of place"),
        ["link gap"] = (Frames.LinkGap("b"), "a LinkGap frame out of place"),
        ["handled"] = (Frames.Number(FrameKind.Handled, 1), "a Handled frame out of place"),
        ["second hello"] = (PeerHello, "a PeerHello frame out of place"),
        ["confirmation"] = (PeerProof.Confirm(new byte[32]), "a PeerConfirm frame out of place"),
        ["refused"] = (new RefusedFrame("no", false).Write(), "a Refused frame out of place"),
    };

    public static TheoryData<string, Chunking> HandshakeCases => Cases(AfterHello.Keys);

    public static TheoryData<string, Chunking> HelloCases => Cases(AsHello.Keys);

    public static TheoryData<string, Chunking> LinkCases => Cases(OverLink.Keys);

    [Theory]
    [MemberData(nameof(HelloCases))]
    public void A_wrong_hello_of_a_peer_ends_that_connection_alone(string input, Chunking chunking) =>
        AssertEndsAlone(chunking, AsHello[input], (cluster, bytes) =>
        {
            var tap = new Sessions.Tap(cluster.Scheduler).Dial(cluster.Network.Host("evil"), "a:4809");
            tap.Send(bytes);
            return tap;
        });

    [Theory]
    [MemberData(nameof(HandshakeCases))]
    public void Wrong_bytes_in_the_handshake_of_a_link_end_that_connection_alone(string input, Chunking chunking) =>
        AssertEndsAlone(chunking, AfterHello[input], (cluster, bytes) =>
        {
            var tap = new Sessions.Tap(cluster.Scheduler).Dial(cluster.Network.Host("evil"), "a:4809");
            tap.Send(PeerHello);
            cluster.Settle();
            tap.Send(bytes);
            return tap;
        });

    [Theory]
    [MemberData(nameof(LinkCases))]
    public void Wrong_bytes_over_a_link_end_that_link_alone(string input, Chunking chunking) =>
        AssertEndsAlone(chunking, OverLink[input], (cluster, bytes) =>
        {
            var peer = new RawPeer(cluster);
            cluster.Settle();
            Assert.Equal("raw Linked", cluster.PeersOf("a"));
            peer.Tap.Send(bytes);
            return peer.Tap;
        });

    [Fact]
    public void Extensions_are_skipped_over_a_link_and_what_is_right_between_them_is_handled()
    {
        using var cluster = RawPeer.Cluster();
        var peer = new RawPeer(cluster);
        cluster.Settle();
        for (var kind = 0x80; kind <= 0xFF; kind++) peer.Tap.Send(Frames.New((FrameKind)kind, Frame.HeaderBytes + kind, 255, 0xFFFF));
        peer.Tap.Send(Interest(3, "x", "y"), Frames.Bare((FrameKind)0x90));
        cluster.Settle();
        Assert.Null(peer.Tap.End);
        Assert.Equal([(FrameKind.InterestAck, 3UL)], peer.Frames().Select(f => (f.Kind, f.Number)));
        cluster.Client("p", "a").Group("y").Publish("1");
        cluster.Settle();
        Assert.Equal(FrameKind.Message, peer.Frames()[^1].Kind);
    }

    [Fact]
    public void Answers_that_nobody_has_asked_for_and_news_of_unknown_groups_change_nothing()
    {
        using var cluster = RawPeer.Cluster();
        var peer = new RawPeer(cluster);
        var client = cluster.Client("c", "a");
        cluster.Settle();
        peer.Tap.Send(
            Frames.Number(FrameKind.InterestAck, 0), Frames.FlushAck(9, 0), InterestFrame.WriteNone(5, "x"u8), Named(FrameKind.Unwatch, "x"), View(),
            Frames.Bare(FrameKind.Resumed), Frames.Number(FrameKind.NoOp, 77));
        cluster.Settle();
        Assert.Null(peer.Tap.End);
        using var subscription = client.Group("x").Subscribe(_ => { });
        var joined = client.Group("x").WhenJoinedAsync();
        cluster.Settle();
        Assert.False(joined.IsCompleted); // the raw peer has not confirmed
        peer.Tap.Send(Frames.Number(FrameKind.InterestAck, peer.Frames().Single(f => f.Kind == FrameKind.Interest).Number));
        cluster.Settle();
        Assert.True(joined.IsCompletedSuccessfully);
    }

    private static void AssertEndsAlone(Chunking chunking, (byte[] Bytes, string Reason) input, Func<Cluster, byte[], Sessions.Tap> send)
    {
        using var cluster = RawPeer.Cluster();
        cluster.Network.Chunking = chunking;
        var seen = new List<string>();
        MsgcClient member = cluster.Client("member", "a"), publisher = cluster.Client("publisher", "a");
        using var subscription = member.Group("x").Events.Subscribe(e =>
        {
            if (e.Message is not null) seen.Add(e.Shown());
        });
        cluster.Settle();
        publisher.Group("x").Publish("before");
        var tap = send(cluster, input.Bytes);
        publisher.Group("x").Publish("during");
        cluster.Settle();
        publisher.Group("x").Publish("after");
        cluster.Settle();
        Assert.Equal(MsgcCause.Closed, tap.End?.Cause);
        var logged = Assert.Single(cluster.Logs.Of(7));
        Assert.StartsWith("Connection from evil:32768 broke the protocol: ", logged.Text, StringComparison.Ordinal);
        Assert.Contains(input.Reason, logged.Text, StringComparison.Ordinal);
        Assert.Equal(["before", "during", "after"], seen);
        cluster.Dispose();
        Assert.All(cluster.Servers.Values, server => Assert.Equal(0, server.Pool.Outstanding));
    }

    private static byte[] Interest(ulong serial, params string[] groups) =>
        InterestFrame.Write(serial, [.. groups.SelectMany(g => (byte[])[(byte)g.Length, .. g.Bytes().Span])]);

    private static byte[] View()
    {
        var next = 0;
        return ViewFrame.Write("x"u8, 1, 0, true, [new ViewEntry(ViewEntryKind.Present, 1, 1, "a", "b")], ref next);
    }
}
