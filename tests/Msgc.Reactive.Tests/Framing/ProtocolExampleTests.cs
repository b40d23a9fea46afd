using System.Reactive.Linq;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Tests.Sessions;

namespace Msgc.Reactive.Tests.Framing;

/// <summary>The worked example of PROTOCOL.md, byte by byte: the same bytes stand there.</summary>
public sealed class ProtocolExampleTests
{
    private const string Hello =
        "2A 00 00 00 01 00 00 00 4D 53 47 43 01 00 01 00 08 07 06 05 04 03 02 01 01 00 00 00 00 00 00 00 30 75 00 00 02 00 00 00 6D 65";
    private const string Welcome =
        "26 00 00 00 02 00 00 00 01 00 00 00 00 00 10 00 18 17 16 15 14 13 12 11 30 75 00 00 06 05 00 00 73 65 72 76 65 72";
    private const string Join = "09 00 00 00 11 01 00 00 78";
    private const string Rejoined = "08 00 00 00 17 00 00 00";
    private const string JoinAck = "09 00 00 00 12 01 00 00 78";
    private const string Message = "1E 00 00 00 10 01 00 00 08 07 06 05 04 03 02 01 01 00 00 00 00 00 00 00 78 68 65 6C 6C 6F";
    private const string Flush = "10 00 00 00 18 00 00 00 01 00 00 00 00 00 00 00";
    private const string FlushAck = "18 00 00 00 19 00 00 00 01 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00";
    private const string NoOp = "10 00 00 00 04 00 00 00 01 00 00 00 00 00 00 00";

    private const ulong ClientId = 0x0102030405060708;
    private const ulong Incarnation = 0x1112131415161718;

    [Fact]
    public void A_server_answers_with_the_examples_bytes()
    {
        using var world = new World(server: o => o with { Entropy = () => Incarnation });
        var stranger = Stranger.Dial(world, hello: false);
        stranger.Send(Bytes(Hello), Bytes(Join), Bytes(Rejoined), Bytes(Message), Bytes(Flush));
        world.Settle();
        world.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([Welcome, JoinAck, Message, FlushAck, NoOp], stranger.Frames().Select(Hex));
    }

    [Fact]
    public void A_client_says_the_examples_bytes()
    {
        using var world = new World();
        var evil = Stranger.Listen(world, Bytes(Welcome), Bytes(JoinAck), Bytes(Message), Bytes(FlushAck));
        var client = world.Client("me", o => o with { Servers = ["evil:4809"], Entropy = () => ClientId });
        var seen = new List<string>();
        using var subscription = client.Group("x").Subscribe(m => seen.Add($"{m.Sender} {m.Number} {m.Text()}"));
        client.Group("x").Publish("hello");
        var flushed = client.FlushAsync();
        world.Settle();
        Assert.Equal([Hello, Join, Rejoined, Message, Flush], evil[0].Frames().Select(Hex));
        Assert.Equal([$"{client.Id} 1 hello"], seen);
    }

    [Fact]
    public void The_writers_write_the_examples_bytes()
    {
        Assert.Equal(Hello, Hex(new HelloFrame(ClientId, 1, TimeSpan.FromSeconds(30), "me", NoEcho: false).Write()));
        Assert.Equal(Welcome, Hex(new WelcomeFrame(1024 * 1024, Incarnation, TimeSpan.FromSeconds(30), "server") { MessagesPerFrame = 5 }.Write()));
        Assert.Equal(Message, Hex(Wire.MessageOf(ClientId, 1, "x", "hello"u8)));
        Assert.Equal(FlushAck, Hex(Frames.FlushAck(1, 1)));
        Assert.Equal("0E 00 00 00 03 00 01 00 01 00 01 00 6E 6F", Hex(new RefusedFrame("no", Final: true).Write()));
        Assert.Equal("10 00 00 00 05 00 00 00 60 EA 00 00 00 00 00 00", Hex(Frames.Number(FrameKind.IdleTimeout, Frames.Milliseconds(TimeSpan.FromMinutes(1)))));
        var next = 0;
        Assert.Equal(
            "39 00 00 00 1B 01 03 00 18 17 16 15 14 13 12 11 28 27 26 25 24 23 22 21 01 00 01 00 78 01 02 06 00 08 07 06 05 04 03 02 01 01 00 00 00 00 00 00 00 6D 65 73 65 72 76 65 72",
            Hex(ViewFrame.Write("x"u8, new UInt128(0x2122232425262728, 0x1112131415161718), (byte)MsgcViewCause.Join, snapshot: false,
                [new ViewEntry(ViewEntryKind.Joined, ClientId, 1, "me", "server")], ref next)));
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static string Hex(byte[] bytes) => string.Join(' ', bytes.Select(b => $"{b:X2}"));
}
