using System.Text;
using CsCheck;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Tests.Framing;

/// <summary>Generators of names, frames, and bytes that are none.</summary>
internal static class Wire
{
    private static readonly Gen<Rune> Character = Gen.OneOf(
        Gen.Int[0x20, 0x7E], Gen.Int[0xA0, 0x7FF], Gen.Int[0x800, 0xD7FF], Gen.Int[0xE000, 0xFFFF], Gen.Int[0x10000, 0x10FFFF]).Select(c => new Rune(c));

    /// <summary>Valid names of 1 to 255 bytes, often the longest.</summary>
    public static Gen<string> Name { get; } = Gen.OneOf(
        Gen.Const(new string('n', 255)),
        Gen.Const(new string('ü', 127) + "x"),
        Gen.Char['a', 'z'].Select(c => c.ToString()),
        Character.Array[1, 80].Select(Fit));

    public static Gen<ulong> Number { get; } = Gen.OneOf(Gen.ULong, Gen.Const(0UL), Gen.Const(ulong.MaxValue), Gen.ULong[0, 1000]);

    /// <summary>What a message may be numbered.</summary>
    public static Gen<ulong> MessageNumber { get; } = Gen.OneOf(Gen.ULong[1, long.MaxValue], Gen.Const(1UL), Gen.Const((ulong)long.MaxValue));

    /// <summary>Durations that the wire can say.</summary>
    public static Gen<TimeSpan> Timeout { get; } = Gen.OneOf(
        Gen.UInt[1, uint.MaxValue - 1].Select(ms => TimeSpan.FromMilliseconds(ms)),
        Gen.Const(System.Threading.Timeout.InfiniteTimeSpan),
        Gen.Const(TimeSpan.FromMilliseconds(1)),
        Gen.Const(TimeSpan.FromMilliseconds(uint.MaxValue - 1)));

    public static Gen<HelloFrame> Hello { get; } = Gen.Select(Number, Number, Timeout, Name, Gen.Bool, Gen.OneOf(Gen.Byte.Array[0, 64], Gen.Byte.Array[4096])).Select(
        (id, session, idle, name, noEcho, credentials) => new HelloFrame(id, session, idle, name, noEcho) { Credentials = credentials });

    public static Gen<WelcomeFrame> Welcome { get; } = Gen.Select(
        Gen.OneOf(Gen.Int[Frame.SmallestMaxBytes, int.MaxValue], Gen.Const(Frame.SmallestMaxBytes), Gen.Const(int.MaxValue)), Number, Timeout, Name).Select(
        (max, incarnation, idle, name) => new WelcomeFrame(max, incarnation, idle, name) { MessagesPerFrame = 1 + (name.Length % MessageFrame.MaxMessages) });

    public static Gen<RefusedFrame> Refused { get; } = Gen.Select(Gen.OneOf(Gen.Const(""), Name), Gen.Bool, Gen.Bool).Select((why, final, self) => new RefusedFrame(why, final, self));

    public static Gen<PeerHelloFrame> PeerHello { get; } = Gen.Select(Number, Number, Timeout, Gen.Int[0, int.MaxValue], Name, Name).Select(
        (incarnation, nonce, idle, max, name, target) => new PeerHelloFrame(incarnation, nonce, idle, max, name, target));

    public static Gen<PeerWelcomeFrame> PeerWelcome { get; } = Gen.Select(Number, Number, Timeout, Name, Gen.Byte.Array[PeerProof.Bytes]).Select(
        (incarnation, nonce, idle, name, proof) => new PeerWelcomeFrame(incarnation, nonce, idle, name, proof));

    public static Gen<byte[]> Interest { get; } = Gen.Select(Number, Name.Array[1, 20]).Select((serial, names) => InterestFrame.Write(serial, NamesOf(names)));

    public static Gen<byte[]> NoInterest { get; } = Gen.Select(Number, Name).Select((serial, name) => InterestFrame.WriteNone(serial, Encoding.UTF8.GetBytes(name)));

    public static Gen<byte[]> Message { get; } = Gen.Select(Number, MessageNumber, Name, Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Byte.Array[5000])).Select(
        (sender, number, name, payload) => MessageOf(sender, number, name, payload));

    /// <summary>Several small messages in one frame.</summary>
    public static Gen<byte[]> Packed { get; } = Gen.Select(Number, Gen.ULong[1, long.MaxValue - 7], Name, Gen.Byte.Array[0, 80].Array[2, MessageFrame.MaxMessages]).Select(
        (sender, number, name, payloads) => PackedOf(sender, number, name, payloads));

    public static Gen<ViewEntry> Entry { get; } = Gen.Select(Gen.Int[0, 3], Number, Name, Name).Select(
        (kind, id, name, server) => new ViewEntry((ViewEntryKind)kind, id, id ^ 7, name, server));

    public static Gen<byte[]> Named { get; } = Gen.Select(
        Kind(FrameKind.Join, FrameKind.JoinAck, FrameKind.Leave, FrameKind.LeaveAck, FrameKind.Watch, FrameKind.Unwatch), Name).Select(
        (kind, name) => Frames.Named(kind, Encoding.UTF8.GetBytes(name)));

    public static Gen<byte[]> Numbered { get; } = Gen.OneOf(
        Gen.Select(Kind(FrameKind.NoOp, FrameKind.Handled, FrameKind.Flush, FrameKind.InterestAck), Number).Select(Frames.Number),
        Gen.Select(Kind(FrameKind.IdleTimeout, FrameKind.IdleTimeoutAck), Gen.ULong[1, uint.MaxValue]).Select(Frames.Number),
        Gen.Select(Number, Number).Select(Frames.FlushAck));

    public static Gen<byte[]> Bare { get; } = Kind(FrameKind.Rejoined, FrameKind.Draining, FrameKind.PeerReady, FrameKind.Paused, FrameKind.Resumed, FrameKind.Drained).Select(Frames.Bare);

    /// <summary>A list of names as an interest frame has it.</summary>
    public static byte[] NamesOf(params string[] names) => [.. names.Select(Encoding.UTF8.GetBytes).SelectMany(name => (byte[])[(byte)name.Length, .. name])];

    public static Gen<byte[]> Extension { get; } = Gen.Select(Gen.Int[0x80, 0xFF], Gen.Byte, Gen.UShort, Gen.Byte.Array[0, 300]).Select((kind, name, flags, body) =>
    {
        var frame = Frames.New((FrameKind)kind, Frame.HeaderBytes + body.Length, name, flags);
        body.CopyTo(frame, Frame.HeaderBytes);
        return frame;
    });

    public static Gen<byte[]> View { get; } = Gen.Select(Name, Gen.ULong, Gen.ULong, Gen.Int[0, 6], Gen.Bool, Entry.List[0, 5]).Select((name, high, low, cause, snapshot, entries) =>
    {
        var next = 0;
        return ViewFrame.Write(Encoding.UTF8.GetBytes(name), new UInt128(high, low), (byte)cause, snapshot, entries, ref next);
    });

    /// <summary>Any whole, valid frame.</summary>
    public static Gen<byte[]> Any { get; } = Gen.OneOf(
        Hello.Select(h => h.Write()), Welcome.Select(w => w.Write()), Refused.Select(r => r.Write()), Message, Packed, Named, Numbered, Bare, View, Extension,
        PeerHello.Select(h => h.Write()), PeerWelcome.Select(w => w.Write()), Interest, NoInterest, Name.Select(Frames.LinkGap));

    /// <summary>Valid frames that were cut, lengthened or had bits flipped, their length field right or wrong; and any bytes at all.</summary>
    public static Gen<byte[]> Damaged { get; } = Gen.OneOf(
        Gen.Select(Any, Gen.Int, Gen.Bool).Select((frame, at, honest) => Measured(frame[..(int)((uint)at % (frame.Length + 1))], honest)),
        Gen.Select(Any, Gen.Byte.Array[1, 20], Gen.Bool).Select((frame, more, honest) => Measured([.. frame, .. more], honest)),
        Gen.Select(Any, Gen.Int.Array[1, 8]).Select((frame, bits) =>
        {
            foreach (var bit in bits) frame[(uint)bit / 8 % frame.Length] ^= (byte)(1 << (bit & 7));
            return frame;
        }),
        Gen.Select(Gen.Byte.Array[Frame.HeaderBytes, 100], Gen.OneOf(Gen.Int[1, 0x22], Gen.Int[0, 255])).Select((bytes, kind) =>
        {
            bytes[4] = (byte)kind;
            return Measured(bytes, true);
        }),
        Gen.Byte.Array[0, 100]);

    public static byte[] MessageOf(ulong sender, ulong number, string name, ReadOnlySpan<byte> payload)
    {
        var group = Encoding.UTF8.GetBytes(name);
        var frame = new byte[MessageFrame.LengthOf(group.Length, payload.Length)];
        Assert.Equal(frame.Length, MessageFrame.Write(frame, sender, number, group, payload));
        return frame;
    }

    public static byte[] PackedOf(ulong sender, ulong number, string name, params byte[][] payloads)
    {
        var single = MessageOf(sender, number, name, payloads[0]);
        var frame = new byte[single.Length + payloads[1..].Sum(p => MessageFrame.FurtherHeaderBytes + p.Length)];
        single.CopyTo(frame, 0);
        var length = single.Length;
        foreach (var payload in payloads[1..]) length += MessageFrame.Pack(frame, length, payload);
        Assert.Equal(frame.Length, length);
        return frame;
    }

    public static List<byte[]> PayloadsOf(ReadOnlySpan<byte> frame)
    {
        var payloads = new List<byte[]> { MessageFrame.FirstPayload(frame, out var rest).ToArray() };
        while (payloads.Count < MessageFrame.Messages(frame)) payloads.Add(MessageFrame.NextPayload(ref rest).ToArray());
        Assert.True(rest.IsEmpty);
        return payloads;
    }

    /// <summary>The bytes, their first four saying how many they are.</summary>
    public static byte[] Measured(byte[] frame, bool honest = true)
    {
        if (honest && frame.Length >= 4) BitConverter.TryWriteBytes(frame, frame.Length);
        return frame;
    }

    /// <summary>The bytes with one of them changed.</summary>
    public static byte[] Changed(byte[] frame, int at, byte value)
    {
        var changed = frame.ToArray();
        changed[at] = value;
        return changed;
    }

    /// <summary>Each input in one piece and byte by byte.</summary>
    public static TheoryData<string, Reactive.Testing.Chunking> Cases(IEnumerable<string> inputs)
    {
        var data = new TheoryData<string, Reactive.Testing.Chunking>();
        foreach (var input in inputs)
        {
            data.Add(input, Reactive.Testing.Chunking.Whole);
            data.Add(input, Reactive.Testing.Chunking.SingleBytes);
        }
        return data;
    }

    /// <summary>The frame that the bytes are, exactly.</summary>
    public static Frame Whole(byte[] bytes)
    {
        Assert.Equal(FrameStatus.Complete, Frame.TryRead(bytes, int.MaxValue, out var frame, out var reason));
        Assert.Null(reason);
        Assert.Equal(bytes.Length, frame.Bytes.Length);
        return frame;
    }

    private static Gen<FrameKind> Kind(params FrameKind[] kinds) => Gen.Int[0, kinds.Length - 1].Select(i => kinds[i]);

    private static string Fit(Rune[] characters)
    {
        var name = new StringBuilder();
        var bytes = 0;
        foreach (var character in characters)
        {
            if ((bytes += character.Utf8SequenceLength) > GroupName.MaxBytes) break;
            name.Append(character.ToString());
        }
        return name.ToString();
    }
}
