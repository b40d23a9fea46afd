using System.Reactive.Linq;
using System.Text;
using CsCheck;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Tests.Framing;
using static Msgc.Reactive.Tests.Framing.Wire;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>What a client does with a server's wrong bytes: it leaves that server with cause Protocol and goes on to the next. (contract, "§7")</summary>
public sealed class ForeignServerTests
{
    private const int MaxFrameBytes = 4096;

    private static readonly byte[] Welcome = new WelcomeFrame(MaxFrameBytes, 1, TimeSpan.FromSeconds(30), "evil").Write();

    private static readonly Dictionary<string, byte[]> InsteadOfWelcome = new()
    {
        ["garbage"] = "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(),
        ["zeros"] = new byte[20],
        ["no-op"] = Frames.Number(FrameKind.NoOp, 0),
        ["message"] = Wire.MessageOf(1, 1, "x", []),
        ["extension"] = Frames.Bare((FrameKind)0x80),
        ["hello"] = Stranger.Hello,
        ["welcome cut"] = Wire.Measured(Welcome[..^1]),
        ["welcome cut in its fixed part"] = Wire.Measured(Welcome[..20]),
        ["welcome too long"] = Wire.Measured([.. Welcome, 0]),
        ["welcome of another version"] = Changed(Welcome, 8, 2),
        ["welcome with tiny frames"] = new WelcomeFrame(1023, 1, TimeSpan.FromSeconds(30), "evil").Write(),
        ["welcome with huge frames"] = Changed(Welcome, 15, 0x80),
        ["welcome without name"] = new WelcomeFrame(4096, 1, TimeSpan.FromSeconds(30), "").Write(),
        ["welcome with bad UTF-8"] = Changed(Welcome, 33, 0xFF),
        ["refused cut"] = Wire.Measured(new RefusedFrame("", true).Write()[..11]),
        ["above the handshake's limit"] = Wire.Measured(new byte[Frame.MaxHandshakeBytes + 1]),
    };

    private static readonly Dictionary<string, byte[]> AfterWelcome = new()
    {
        ["oversized"] = Wire.Measured(new byte[MaxFrameBytes + 1]),
        ["shorter than its header"] = [7, 0, 0, 0, 4, 0, 0, 0],
        ["unknown mandatory type"] = Frames.Bare((FrameKind)0x42),
        ["second welcome"] = Welcome,
        ["refused"] = new RefusedFrame("too late", true).Write(),
        ["hello"] = Stranger.Hello,
        ["join"] = Frames.Named(FrameKind.Join, "x"u8),
        ["leave"] = Frames.Named(FrameKind.Leave, "x"u8),
        ["watch"] = Frames.Named(FrameKind.Watch, "x"u8),
        ["unwatch"] = Frames.Named(FrameKind.Unwatch, "x"u8),
        ["rejoined"] = Frames.Bare(FrameKind.Rejoined),
        ["flush"] = Frames.Number(FrameKind.Flush, 1),
        ["no-op cut"] = Wire.Measured(Frames.Number(FrameKind.NoOp, 0)[..12]),
        ["handled cut"] = Wire.Measured(Frames.Number(FrameKind.Handled, 0)[..12]),
        ["flush's ack cut"] = Wire.Measured(Frames.FlushAck(1, 1)[..23]),
        ["join's ack cut"] = Wire.Measured(Frames.Named(FrameKind.JoinAck, "x"u8)[..8]),
        ["join's ack with control character"] = Frames.Named(FrameKind.JoinAck, "\n"u8),
        ["leave's ack with bad UTF-8"] = Frames.Named(FrameKind.LeaveAck, [0xFF]),
        ["idle timeout of 0"] = Frames.Number(FrameKind.IdleTimeout, 0),
        ["draining with a body"] = Frames.Number(FrameKind.Draining, 0),
        ["message cut in its header"] = Wire.Measured(Wire.MessageOf(1, 1, "x", [])[..20]),
        ["message cut in its name"] = Wire.Measured(Wire.MessageOf(1, 1, "xyz", [])[..26]),
        ["message without group"] = Wire.MessageOf(1, 1, "", []),
        ["message numbered 0"] = Wire.MessageOf(1, 0, "x", []),
        ["message numbered 2^64 - 1"] = Wire.MessageOf(1, ulong.MaxValue, "x", []),
        ["view cut"] = Wire.Measured(View("x")[..^1]),
        ["view too long"] = Wire.Measured([.. View("x"), 0]),
        ["view of more entries than there are"] = Changed(View("x"), 27, 0xFF),
        ["view of unknown cause"] = Changed(View("x"), 24, 7),
        ["view with bad entry"] = Changed(View("x"), 29, 4),
        ["view with bad name"] = Changed(View("x"), 49, 0),
        ["view without group"] = View(""),
        ["view of a bad group"] = View("\u0085"),
    };

    public static TheoryData<string> HandshakeCases => new(InsteadOfWelcome.Keys);

    public static TheoryData<string> SessionCases => new(AfterWelcome.Keys);

    [Theory]
    [MemberData(nameof(HandshakeCases))]
    public void Wrong_bytes_instead_of_a_welcome_fail_the_attempt_and_the_next_server_is_tried(string input)
    {
        using var world = new World();
        var client = new Watched(world);
        Stranger.Listen(world, InsteadOfWelcome[input]);
        world.Settle();
        Assert.Equal(["Connecting", "Connecting evil:4809 Protocol", "Connected server:4809"], client.States);
        client.AssertWorks();
    }

    [Theory]
    [MemberData(nameof(SessionCases))]
    public void Wrong_bytes_after_the_welcome_lose_the_connection_and_the_next_server_is_tried(string input)
    {
        foreach (var chunking in Enum.GetValues<Chunking>())
        {
            using var world = new World();
            world.Network.Chunking = chunking;
            var client = new Watched(world);
            var evil = Stranger.Listen(world, Welcome, AfterWelcome[input]);
            world.Settle();
            Assert.Equal(["Connecting", "Connected evil:4809", "Lost evil:4809 Protocol", "Connected server:4809"], client.States);
            Assert.Equal(MsgcCause.Closed, Assert.Single(evil).End);
            client.AssertWorks();
        }
    }

    [Fact]
    public void Random_damage_hurts_nothing_but_that_connection() => Gen.Select(Wire.Damaged.Array[1, 10], Gen.Bool, Gen.Int[0, 2]).Sample(
        (frames, welcome, chunking) =>
        {
            using var world = new World();
            world.Network.Chunking = (Chunking)chunking;
            var client = new Watched(world);
            var evil = Stranger.Listen(world, welcome ? [Welcome, .. frames] : frames);
            world.Settle();
            if (evil.Count > 0) evil[0].Close();
            world.Advance(TimeSpan.FromSeconds(1));
            if (client.States.Contains("Closed Refused")) return; // damage that reads as a final refusal
            Assert.Equal("Connected server:4809", client.States[^1]);
            client.AssertWorks();
        },
        iter: 150);

    [Fact]
    public void Extensions_are_skipped_wherever_they_stand()
    {
        using var world = new World();
        var client = new Watched(world);
        Stranger.Listen(
            world, Welcome, Extension(0x80, 5), Frames.Named(FrameKind.JoinAck, "x"u8), Extension(0xFF, 0), Wire.MessageOf(9, 1, "x", "one"u8),
            Extension(0xA0, MaxFrameBytes - Frame.HeaderBytes), Wire.MessageOf(9, 2, "x", "two"u8));
        world.Settle();
        Assert.Equal(["Connecting", "Connected evil:4809"], client.States);
        Assert.Equal(["one", "two"], client.Seen);
    }

    [Fact]
    public void A_final_refusal_ends_the_client_and_another_one_sends_it_on()
    {
        using var world = new World();
        var client = new Watched(world);
        Stranger.Listen(world, new RefusedFrame("not you", Final: true).Write());
        world.Settle();
        Assert.Equal(["Connecting", "Closed Refused", "error MsgcRefusedException"], client.States);

        using var second = new World();
        client = new Watched(second);
        Stranger.Listen(second, new RefusedFrame("not now", Final: false).Write());
        second.Settle();
        Assert.Equal(["Connecting", "Connecting evil:4809 Refused", "Connected server:4809"], client.States);
    }

    private static byte[] Extension(int kind, int body) => Frames.New((FrameKind)kind, Frame.HeaderBytes + body, 255);

    private static byte[] View(string group)
    {
        var next = 0;
        return ViewFrame.Write(Encoding.UTF8.GetBytes(group), 1, 0, true, [new ViewEntry(ViewEntryKind.Present, 1, 1, "a", "b")], ref next);
    }

    /// <summary>A client whose first server is the foreign one, and the second a good one.</summary>
    private sealed class Watched
    {
        private readonly World _world;
        private readonly MsgcClient _client;

        public Watched(World world)
        {
            _world = world;
            _client = world.Client("client", o => o with { Servers = ["evil:4809", "server:4809"] });
            _client.State.Subscribe(s => States.Add($"{s.Phase} {s.Endpoint} {s.Cause}".Replace("  ", " ", StringComparison.Ordinal).TrimEnd()), e => States.Add($"error {e.GetType().Name}"));
            _client.Group("x").Events.Where(e => e.Message is not null).Subscribe(e => Seen.Add(e.Shown()), _ => { });
        }

        public List<string> States { get; } = [];

        public List<string> Seen { get; } = [];

        public void AssertWorks()
        {
            Seen.Clear();
            _client.Group("x").Publish("works");
            _world.Settle();
            Assert.Equal(["works"], Seen);
        }
    }
}
