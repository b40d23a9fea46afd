using System.Text;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Testing;
using Msgc.Reactive.Tests.Framing;
using static Msgc.Reactive.Tests.Sessions.Raw;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>A client between servers that the test plays frame by frame: what each hears and says, and when, is the test's alone.</summary>
internal sealed class MoveRig : IDisposable
{
    /// <summary>Whoever publishes to the groups.</summary>
    public const ulong Sender = 9;

    public MoveRig(string servers = "a b c", Func<MsgcClientOptions, MsgcClientOptions>? change = null, string groups = "x", int maxFrameBytesOfB = 1 << 20)
    {
        World = new World();
        A = Listen("a");
        B = Listen("b", maxFrameBytesOfB);
        C = Listen("c");
        Client = World.Client("me", o =>
        {
            o = o with { Servers = [.. servers.Split(' ').Select(s => $"{s}:4809")] };
            return change?.Invoke(o) ?? o;
        });
        Client.State.CheckGrammar("state").Subscribe(s => States.Add($"{s.Phase} {s.ServerName} {s.Cause}{(s.LostMessages > 0 ? $" {s.LostMessages}" : "")}".TrimEnd()), _ => { });
        Client.Diagnostics.Subscribe(d => Diagnostics.Add($"{d.Kind} {d.Count}"));
        foreach (var group in groups.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Subscribe(group);
        World.Settle();
        if (A.Wires.Count > 0) Acknowledge(A.Wires[0]);
        World.Settle();
    }

    public World World { get; }

    public RawServer A { get; }

    public RawServer B { get; }

    public RawServer C { get; }

    public MsgcClient Client { get; }

    /// <summary>All events of all groups in their order, as group and what it was.</summary>
    public List<string> Seen { get; } = [];

    public List<string> States { get; } = [];

    public List<string> Diagnostics { get; } = [];

    public Tap OnA => A.Wires[^1];

    public Tap OnB => B.Wires[^1];

    public Tap OnC => C.Wires[^1];

    /// <summary>A message of the one sender; its number is its text.</summary>
    public static byte[] Number(int number, string group = "x", ulong sender = Sender) =>
        Wire.MessageOf(sender, (ulong)number, group, Encoding.UTF8.GetBytes($"{number}"));

    public static byte[] View(string group, MsgcViewCause cause, bool snapshot, params ViewEntry[] entries)
    {
        var next = 0;
        return ViewFrame.Write(Encoding.UTF8.GetBytes(group), 1, (byte)cause, snapshot, entries, ref next);
    }

    /// <summary>The control frames that came over a wire after the handshake, and messages by their numbers.</summary>
    public static string Heard(Tap wire) => string.Join(' ', wire.Frames.Skip(1).Where(f => f.Kind != FrameKind.NoOp).Select(Text));

    public IDisposable Subscribe(string group) => Client.Group(group).Events.CheckGrammar(group).Subscribe(
        e => Seen.Add($"{group} {e.Shown()}{(e.Gap?.Server is { } server ? $" {server}" : "")}"), _ => Seen.Add($"{group} error"), () => Seen.Add($"{group} end"));

    /// <summary>A says that it is stopping; the next server is connected when this returns.</summary>
    public void Drain(Tap? wire = null)
    {
        (wire ?? OnA).Send(Frames.Bare(FrameKind.Draining));
        World.Settle();
    }

    /// <summary>Acknowledges whatever joins and leaves came over a wire and are not acknowledged yet.</summary>
    public void Acknowledge(Tap wire)
    {
        foreach (var frame in wire.Frames.Skip(_acknowledged.GetValueOrDefault(wire)).ToArray())
        {
            if (frame.Kind == FrameKind.Join) wire.Send(Frames.Named(FrameKind.JoinAck, new Frame(frame.Bytes).Name));
            if (frame.Kind == FrameKind.Leave) wire.Send(Frames.Named(FrameKind.LeaveAck, new Frame(frame.Bytes).Name));
        }
        _acknowledged[wire] = wire.Frames.Count;
        World.Settle();
    }

    /// <summary>Answers the last flush of a wire: all that came over it is handled.</summary>
    public void AcknowledgeFlush(Tap wire)
    {
        Acknowledge(wire);
        wire.Send(Frames.FlushAck(0, (ulong)wire.Of(FrameKind.Message).Count()));
        World.Settle();
    }

    /// <summary>From the word of A to the end of the move, without a hitch.</summary>
    public void Move()
    {
        Drain();
        Acknowledge(OnB);
        AcknowledgeFlush(OnA);
    }

    public void Send(Tap wire, params byte[][] frames)
    {
        wire.Send(frames);
        World.Settle();
    }

    public void Publish(string group, int count)
    {
        for (var i = 0; i < count; i++) Client.Group(group).Publish("mine");
        World.Settle();
    }

    public void Dispose() => World.Dispose();

    private readonly Dictionary<Tap, int> _acknowledged = [];

    private static string Text(TapFrame frame) => frame.Kind switch
    {
        FrameKind.Message => $"{MessageFrame.Number(frame.Bytes)}",
        FrameKind.Flush => $"Flush{frame.Number}",
        FrameKind.Rejoined or FrameKind.IdleTimeout => $"{frame.Kind}",
        _ => $"{frame.Kind}:{Encoding.UTF8.GetString(new Frame(frame.Bytes).Name)}",
    };

    private RawServer Listen(string name, int maxFrameBytes = 1 << 20) => new(World, name, new WelcomeFrame(maxFrameBytes, 5, Sec(30), name));
}
