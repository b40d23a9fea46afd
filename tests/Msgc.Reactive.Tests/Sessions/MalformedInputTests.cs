using System.Text;
using CsCheck;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Tests.Framing;
using static Msgc.Reactive.Tests.Framing.Wire;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>What a server does with wrong bytes: it ends that connection, says why, and does nothing else. (contract, "§7")</summary>
public sealed class MalformedInputTests
{
    private const int MaxFrameBytes = 4096;

    /// <summary>What a stranger sends instead of a hello, and a part of the reason.</summary>
    private static readonly Dictionary<string, (byte[] Bytes, string Reason)> InsteadOfHello = new()
    {
        ["no-op"] = (Frames.Number(FrameKind.NoOp, 0), "the first frame is no hello"),
        ["join"] = (Named(FrameKind.Join, "x"), "the first frame is no hello"),
        ["message"] = (Wire.MessageOf(Stranger.Id, 1, Bystanders.Group, "early"u8), "the first frame is no hello"),
        ["welcome"] = (new WelcomeFrame(4096, 1, TimeSpan.FromSeconds(1), "me").Write(), "the first frame is no hello"),
        ["extension"] = (Frames.Bare((FrameKind)0x80), "the first frame is no hello"),
        ["wrong magic"] = (Changed(Stranger.Hello, 8, (byte)'m'), "the first frame is no hello"),
        ["versions reversed"] = (new HelloFrame(Stranger.Id, 1, TimeSpan.FromSeconds(1), "s", false).Write(lowest: 2, highest: 1), "the first frame is no hello"),
        ["hello without versions"] = (Wire.Measured(Stranger.Hello[..15]), "the first frame is no hello"),
        ["hello cut in its fixed part"] = (Wire.Measured(Stranger.Hello[..39]), "is shorter than 40"),
        ["hello cut in its name"] = (Wire.Measured(Stranger.Hello[..^1]), "whose parts take"),
        ["hello longer than its parts"] = (Wire.Measured([.. Stranger.Hello, 0]), "whose parts take"),
        ["hello with lying name length"] = (Changed(Stranger.Hello, 36, 255), "whose parts take"),
        ["hello with lying credentials"] = (Changed(Stranger.Hello, 39, 255), "whose parts take"),
        ["hello without name"] = (new HelloFrame(1, 1, TimeSpan.FromSeconds(1), "", false).Write(), "client name is no valid name"),
        ["hello with control character"] = (new HelloFrame(1, 1, TimeSpan.FromSeconds(1), "a\nb", false).Write(), "client name is no valid name"),
        ["hello with bad UTF-8"] = (Changed(Stranger.Hello, 41, 0xFF), "client name is no valid name"),
        ["hello above the handshake's limit"] = (Wire.Measured(new byte[Frame.MaxHandshakeBytes + 1]), "exceeds the maximum of 16384"),
        ["a browser"] = ("GET / HTTP/1.1\r\nHost: server\r\n\r\n"u8.ToArray(), "exceeds the maximum"),
        ["zeros"] = (new byte[100], "a frame of 0 bytes is shorter than its header"),
    };

    /// <summary>What a stranger sends after its hello.</summary>
    private static readonly Dictionary<string, (byte[] Bytes, string Reason)> AfterHello = new()
    {
        ["oversized"] = (Wire.Measured(new byte[MaxFrameBytes + 1]), "a frame of 4097 bytes exceeds the maximum of 4096"),
        ["oversized message"] = (Wire.MessageOf(Stranger.Id, 1, "x", new byte[MaxFrameBytes]), "exceeds the maximum"),
        ["4 GiB announced"] = ([255, 255, 255, 255], "exceeds the maximum"),
        ["shorter than its header"] = ([7, 0, 0, 0, 4, 0, 0, 0], "a frame of 7 bytes is shorter than its header of 8"),
        ["of no bytes"] = (new byte[8], "a frame of 0 bytes is shorter"),
        ["type 0x00"] = (Frames.Bare(0), "unknown mandatory type 0x00"),
        ["type 0x3F"] = (Frames.Number((FrameKind)0x3F, 1), "unknown mandatory type 0x3F"),
        ["type 0x7F"] = (Frames.Bare((FrameKind)0x7F), "unknown mandatory type 0x7F"),
        ["join cut"] = (Cut(Named(FrameKind.Join, "x")), "whose name takes 1 of 0 bytes"),
        ["join with more than its name"] = (Wire.Measured([.. Named(FrameKind.Join, "x"), 0]), "whose name takes 1 of 2 bytes"),
        ["join with lying name length"] = (Changed(Named(FrameKind.Join, "x"), 5, 200), "whose name takes 200 of 1 bytes"),
        ["join without name"] = (Named(FrameKind.Join, ""), "whose group is no valid name"),
        ["join with bad UTF-8"] = (Changed(Named(FrameKind.Join, "xy"), 8, 0xFF), "whose group is no valid name"),
        ["join with control character"] = (Named(FrameKind.Join, "a\u0085"), "whose group is no valid name"),
        ["leave cut"] = (Cut(Named(FrameKind.Leave, "x")), "a Leave frame whose name"),
        ["leave with bad UTF-8"] = (Changed(Named(FrameKind.Leave, "xy"), 8, 0x80), "whose group is no valid name"),
        ["watch cut"] = (Cut(Named(FrameKind.Watch, "x")), "a Watch frame whose name"),
        ["watch with control character"] = (Named(FrameKind.Watch, "\u007F"), "whose group is no valid name"),
        ["unwatch cut"] = (Cut(Named(FrameKind.Unwatch, "x")), "Unwatch frame whose name"),
        ["unwatch with control character"] = (Named(FrameKind.Unwatch, "\0"), "whose group is no valid name"),
        ["no-op cut"] = (Cut(Frames.Number(FrameKind.NoOp, 0)), "body of 7 bytes instead of 8"),
        ["no-op too long"] = (Wire.Measured([.. Frames.Number(FrameKind.NoOp, 0), 0]), "body of 9 bytes instead of 8"),
        ["flush cut"] = (Cut(Frames.Number(FrameKind.Flush, 1)), "body of 7 bytes instead of 8"),
        ["idle timeout cut"] = (Cut(Frames.Number(FrameKind.IdleTimeout, 1)), "body of 7 bytes instead of 8"),
        ["idle timeout of 0"] = (Frames.Number(FrameKind.IdleTimeout, 0), "impossible 0 ms"),
        ["idle timeout of 2^32"] = (Frames.Number(FrameKind.IdleTimeout, 1UL << 32), "impossible 4294967296 ms"),
        ["idle timeout's ack cut"] = (Cut(Frames.Number(FrameKind.IdleTimeoutAck, 1)), "body of 7 bytes instead of 8"),
        ["rejoined with a body"] = (Wire.Measured([.. Frames.Bare(FrameKind.Rejoined), 0]), "body of 1 bytes instead of 0"),
        ["message cut in its header"] = (Wire.Measured(Wire.MessageOf(Stranger.Id, 1, "x", [])[..23]), "a message of 23 bytes is shorter"),
        ["message of a header alone"] = (Frames.Bare(FrameKind.Message), "a message of 8 bytes is shorter"),
        ["message cut in its name"] = (Cut(Wire.MessageOf(Stranger.Id, 1, "xyz", [])), "shorter than its group's name of 3"),
        ["message without group"] = (Wire.MessageOf(Stranger.Id, 1, "", "payload"u8), "a message without a group"),
        ["message with bad UTF-8"] = (Changed(Wire.MessageOf(Stranger.Id, 1, "xyz", []), 25, 0xC0), "whose group is no valid name"),
        ["message with control character"] = (Wire.MessageOf(Stranger.Id, 1, "\u009F", []), "whose group is no valid name"),
        ["message of another sender"] = (Wire.MessageOf(Stranger.Id + 1, 1, Bystanders.Group, "forged"u8), "sender id that is not the client's own"),
        ["message numbered 0"] = (Wire.MessageOf(Stranger.Id, 0, Bystanders.Group, "never"u8), "impossible number 0"),
        ["message numbered 2^63"] = (Wire.MessageOf(Stranger.Id, 1UL << 63, Bystanders.Group, "never"u8), "impossible number"),
        ["messages that do not fill their frame"] = (Wire.Measured([.. Wire.PackedOf(Stranger.Id, 1, Bystanders.Group, "never"u8.ToArray(), "ever"u8.ToArray()), 0]), "2 messages that do not fill their frame"),
        ["messages of another sender"] = (Wire.PackedOf(Stranger.Id + 1, 1, Bystanders.Group, "for"u8.ToArray(), "ged"u8.ToArray()), "sender id that is not the client's own"),
        ["second hello"] = (Stranger.Hello, "a Hello frame out of place"),
        ["welcome"] = (new WelcomeFrame(4096, 1, TimeSpan.FromSeconds(1), "me").Write(), "a Welcome frame out of place"),
        ["refused"] = (new RefusedFrame("no", true).Write(), "a Refused frame out of place"),
        ["draining"] = (Frames.Bare(FrameKind.Draining), "a Draining frame out of place"),
        ["join's ack"] = (Named(FrameKind.JoinAck, "x"), "a JoinAck frame out of place"),
        ["leave's ack"] = (Named(FrameKind.LeaveAck, "x"), "a LeaveAck frame out of place"),
        ["flush's ack"] = (Frames.FlushAck(1, 1), "a FlushAck frame out of place"),
        ["handled"] = (Frames.Number(FrameKind.Handled, 1), "a Handled frame out of place"),
        ["view"] = (View("x"), "a View frame out of place"),
    };

    public static TheoryData<string, Chunking> HandshakeCases => Cases(InsteadOfHello.Keys);

    public static TheoryData<string, Chunking> SessionCases => Cases(AfterHello.Keys);

    [Theory]
    [MemberData(nameof(HandshakeCases))]
    public void Wrong_bytes_instead_of_a_hello_end_that_connection_alone(string input, Chunking chunking)
    {
        var (bytes, reason) = InsteadOfHello[input];
        var logs = new RecordingLogs();
        var world = WorldWith(logs, chunking);
        var bystanders = new Bystanders(world);
        var stranger = Stranger.Dial(world, hello: false);
        bystanders.Talk("before");
        stranger.Send(bytes);
        bystanders.Talk("during");
        world.Settle();
        stranger.AssertEnded(logs, reason);
        Assert.Equal("", stranger.Kinds);
        bystanders.AssertUndisturbed();
    }

    [Theory]
    [MemberData(nameof(SessionCases))]
    public void Wrong_bytes_after_the_hello_end_that_connection_alone(string input, Chunking chunking)
    {
        var (bytes, reason) = AfterHello[input];
        var logs = new RecordingLogs();
        var world = WorldWith(logs, chunking);
        var bystanders = new Bystanders(world);
        var stranger = Stranger.Dial(world);
        bystanders.Talk("before");
        stranger.Send(bytes);
        bystanders.Talk("during");
        world.Settle();
        stranger.AssertEnded(logs, reason);
        Assert.Equal("Welcome", stranger.Kinds);
        bystanders.AssertUndisturbed();
    }

    [Theory]
    [InlineData(Chunking.Whole)]
    [InlineData(Chunking.SingleBytes)]
    [InlineData(Chunking.Random)]
    public void What_was_right_before_the_wrong_frame_is_handled_however_the_bytes_were_cut(Chunking chunking)
    {
        foreach (var input in AfterHello)
        {
            using var world = WorldWith(new RecordingLogs(), chunking);
            var seen = new List<string>();
            using var subscription = world.Client("member").Group("y").Subscribe(m => seen.Add(m.Text()));
            world.Settle();
            var stranger = Stranger.Dial(world);
            stranger.Send(
                Wire.MessageOf(Stranger.Id, 1, "y", "1"u8), Wire.MessageOf(Stranger.Id, 2, "y", "2"u8), Wire.MessageOf(Stranger.Id, 1, "nobody", []),
                Wire.MessageOf(Stranger.Id, 3, "y", "3"u8), input.Value.Bytes, Wire.MessageOf(Stranger.Id, 4, "y", "4"u8));
            world.Settle();
            Assert.Equal(MsgcCause.Closed, stranger.End);
            Assert.Equal(["1", "2", "3"], seen);
        }
    }

    [Fact]
    public void Random_damage_ends_at_most_that_connection_and_keeps_no_memory() => Gen.Select(
        Wire.Damaged.Array[1, 10], Gen.Bool, Gen.Int[0, 2], Gen.ULong[1, 1000]).Sample(
        (frames, hello, chunking, seed) =>
        {
            var world = WorldWith(new RecordingLogs(), (Chunking)chunking, seed);
            var bystanders = new Bystanders(world);
            var stranger = Stranger.Dial(world, hello);
            foreach (var frame in frames)
            {
                if (stranger.End is not null) break;
                if (frame.Length > 0) stranger.Send(frame);
                bystanders.Talk("more");
                world.Settle();
            }
            bystanders.AssertUndisturbed();
        },
        iter: 150);

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(3000)]
    public void A_frame_cut_off_by_the_end_of_its_connection_is_dropped_without_a_word(int bytes)
    {
        var logs = new RecordingLogs();
        var world = WorldWith(logs, Chunking.Whole);
        var bystanders = new Bystanders(world);
        var stranger = Stranger.Dial(world);
        stranger.Send(Wire.MessageOf(Stranger.Id, 1, "x", new byte[4000])[..bytes]);
        world.Settle();
        stranger.Close();
        world.Settle();
        Assert.Empty(logs.Errors);
        bystanders.AssertUndisturbed();
    }

    [Theory]
    [InlineData(Chunking.Whole)]
    [InlineData(Chunking.SingleBytes)]
    public void Extensions_are_skipped_wherever_they_stand_and_whatever_they_hold(Chunking chunking)
    {
        var logs = new RecordingLogs();
        var world = WorldWith(logs, chunking);
        var bystanders = new Bystanders(world);
        var stranger = Stranger.Dial(world);
        for (var kind = 0x80; kind <= 0xFF; kind++)
        {
            stranger.Send(Extension(kind, 0), Extension(kind, 100), Extension(kind, MaxFrameBytes - Frame.HeaderBytes));
            world.Settle();
        }
        stranger.Send(
            Extension(0x80, 3), Named(FrameKind.Join, "y"), Extension(0xFF, 9), Wire.MessageOf(Stranger.Id, 1, "y", []), Extension(0x90, 1),
            Wire.MessageOf(Stranger.Id, 2, "y", []), Frames.Number(FrameKind.Flush, 7));
        world.Settle();
        Assert.Null(stranger.End);
        Assert.Equal("Welcome JoinAck Message Message FlushAck", stranger.Kinds);
        Assert.Empty(logs.Errors);
        bystanders.AssertUndisturbed();
    }

    [Fact]
    public void A_frame_of_exactly_the_maximum_passes_and_keeps_its_bytes()
    {
        foreach (var max in new[] { 1024, MaxFrameBytes, 128 * 1024, 1024 * 1024 })
        {
            var world = new World(server: o => o with { MaxFrameBytes = max });
            var stranger = Stranger.Dial(world);
            var payload = new byte[max - MessageFrame.LengthOf(1, 0)];
            new Random(max).NextBytes(payload);
            var message = Wire.MessageOf(Stranger.Id, 1, "y", payload);
            Assert.Equal(max, message.Length);
            stranger.Send(Named(FrameKind.Join, "y"), message, Wire.MessageOf(Stranger.Id, 2, "y", []));
            world.Settle();
            Assert.Equal("Welcome JoinAck Message Message", stranger.Kinds);
            Assert.Equal(message, stranger.Frames()[2]);
            stranger.Send(Wire.Measured(new byte[max + 1]));
            world.Settle();
            Assert.Equal(MsgcCause.Closed, stranger.End);
            world.Dispose();
            Assert.Equal(0, world.Server.Pool.Outstanding);
        }
    }

    private static World WorldWith(RecordingLogs logs, Chunking chunking, ulong seed = 1)
    {
        var world = new World(server: o => o with { LoggerFactory = logs, MaxFrameBytes = MaxFrameBytes }, seed: seed);
        world.Network.Chunking = chunking;
        return world;
    }

    private static byte[] Named(FrameKind kind, string name) => Frames.Named(kind, Encoding.UTF8.GetBytes(name));

    private static byte[] Cut(byte[] frame) => Wire.Measured(frame[..^1]);

    private static byte[] Extension(int kind, int body)
    {
        var frame = Frames.New((FrameKind)kind, Frame.HeaderBytes + body, 255, 0xFFFF);
        new Random(body).NextBytes(frame.AsSpan(Frame.HeaderBytes));
        return frame;
    }

    private static byte[] View(string group)
    {
        var next = 0;
        return ViewFrame.Write(Encoding.UTF8.GetBytes(group), 1, 0, true, [new ViewEntry(ViewEntryKind.Present, 1, 1, "a", "b")], ref next);
    }
}
