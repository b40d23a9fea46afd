using System.Buffers.Binary;
using CsCheck;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Tests.Framing;

/// <summary>No reader throws or looks beyond its frame, whatever stands there: it gives a value or a reason.</summary>
public sealed class DamagedFrameTests
{
    [Fact]
    public void Readers_of_damaged_frames_give_a_value_or_a_reason() => Wire.Damaged.Sample(
        bytes =>
        {
            if (Frame.TryRead(bytes, 1 << 20, out var frame, out var reason) != FrameStatus.Complete)
            {
                Assert.True(bytes.Length < 4 || reason is not null || BitConverter.ToUInt32(bytes) > bytes.Length);
                return;
            }
            ReadAsEachKind(frame);
        },
        iter: 20_000);

    [Fact]
    public void A_whole_message_is_one_that_is_read_and_checked() => Gen.Select(Gen.OneOf(Wire.Damaged, Wire.Message, Wire.Packed, Wire.Any), Gen.OneOf(Gen.Const(1 << 20), Gen.Int[1, 400])).Sample(
        (bytes, max) => Assert.Equal(
            Frame.TryRead(bytes, max, out var frame, out _) == FrameStatus.Complete && frame.Kind == FrameKind.Message && Frames.Check(frame) is null ? frame.Bytes.Length : 0,
            MessageFrame.LengthOfWhole(bytes, max, out _)),
        iter: 20_000);

    [Fact]
    public void A_frame_cut_anywhere_is_wrong_where_its_shape_is_fixed() => Gen.OneOf(Wire.Named, Wire.Numbered).Sample(bytes =>
    {
        for (var length = Frame.HeaderBytes; length < bytes.Length; length++)
        {
            var reason = Frames.Check(Wire.Whole(Wire.Measured(bytes[..length])));
            Assert.Contains($"{(FrameKind)bytes[4]} frame", reason);
        }
    });

    [Fact]
    public void A_message_cut_inside_its_name_or_before_is_wrong() => Wire.Message.Sample(bytes =>
    {
        for (var length = Frame.HeaderBytes; length < MessageFrame.HeaderBytes + bytes[5]; length++)
            Assert.NotNull(Frames.Check(Wire.Whole(Wire.Measured(bytes[..length]))));
    });

    [Fact]
    public void A_frame_of_several_messages_cut_or_lengthened_anywhere_is_wrong() => Wire.Packed.Sample(bytes =>
    {
        for (var length = Frame.HeaderBytes; length < bytes.Length; length++)
            Assert.NotNull(Frames.Check(Wire.Whole(Wire.Measured(bytes[..length]))));
        Assert.Contains("messages that do not fill their frame of", Frames.Check(Wire.Whole(Wire.Measured([.. bytes, 0]))));
    });

    [Theory]
    [InlineData(5, 5, 5)]
    [InlineData(5, 5, 7)]
    [InlineData(5, 7, 5)]
    [InlineData(7, 5, 5)]
    [InlineData(0, 5, 0)]
    public void Of_equal_messages_and_others_each_has_its_own_length(int second, int third, int fourth)
    {
        var bytes = Wire.PackedOf(1, 1, "x", new byte[5], new byte[second], new byte[third], new byte[fourth]);
        Assert.Null(Frames.Check(Wire.Whole(bytes)));
        var at = MessageFrame.HeaderBytes + 1 + 5;
        foreach (var payload in new[] { second, third, fourth })
        {
            Assert.Equal(payload, bytes[at]);
            foreach (var wrong in new[] { payload - 1, payload + 1, ushort.MaxValue })
            {
                var changed = bytes.ToArray();
                BinaryPrimitives.WriteUInt16LittleEndian(changed.AsSpan(at), (ushort)wrong);
                Assert.NotNull(Frames.Check(Wire.Whole(changed)));
                Assert.Equal(0, MessageFrame.LengthOfWhole(changed, 1 << 20, out _));
            }
            at += MessageFrame.FurtherHeaderBytes + payload;
        }
    }

    [Fact]
    public void Several_messages_in_a_frame_that_not_every_server_would_take_are_wrong()
    {
        Assert.Null(Frames.Check(Wire.Whole(Wire.PackedOf(1, 1, "x", new byte[900], new byte[97]))));
        Assert.NotNull(Frames.Check(Wire.Whole(Wire.PackedOf(1, 1, "x", new byte[900], new byte[98]))));
    }

    [Fact]
    public void Several_messages_whose_numbers_reach_2_to_the_63_are_wrong()
    {
        Assert.Null(Frames.Check(Wire.Whole(Wire.PackedOf(1, long.MaxValue - 2, "x", [], [], []))));
        Assert.NotNull(Frames.Check(Wire.Whole(Wire.PackedOf(1, long.MaxValue - 1, "x", [], [], []))));
    }

    [Fact]
    public void A_hello_welcome_or_view_cut_anywhere_is_wrong()
    {
        Wire.Hello.Select(h => h.Write()).Sample(
            bytes => EachCut(bytes, frame => HelloFrame.Read(frame, out var reason) is null && reason is not null), iter: 20);
        Wire.Welcome.Select(w => w.Write()).Sample(
            bytes => EachCut(bytes, frame => WelcomeFrame.Read(frame, out var reason) is null && reason is not null), iter: 20);
        Wire.View.Sample(bytes => EachCut(bytes, frame => ViewFrame.Read(frame, 6, []) is not null), iter: 20);
        Wire.PeerHello.Select(h => h.Write()).Sample(
            bytes => EachCut(bytes, frame => PeerHelloFrame.Read(frame, out var reason) is null && reason is not null), iter: 20);
        // A name that goes to the frame's end is a shorter one when cut.
        Wire.PeerWelcome.Select(w => w.Write()[..64]).Sample(
            bytes => EachCut(Wire.Measured(bytes), frame => PeerWelcomeFrame.Read(frame, out var reason) is null && reason is not null), iter: 20);
        Wire.NoInterest.Sample(bytes => EachCut(bytes, frame => Frames.Check(frame) is not null), iter: 20);
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    public void A_message_is_numbered_from_1_to_what_a_long_holds(ulong number) =>
        Assert.Contains($"impossible number {number}", Frames.Check(Wire.Whole(Wire.MessageOf(1, number, "x", []))));

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL << 32)]
    [InlineData(ulong.MaxValue)]
    public void An_idle_timeout_has_32_bits_and_is_not_0(ulong milliseconds)
    {
        Assert.Contains("impossible", Frames.Check(Wire.Whole(Frames.Number(FrameKind.IdleTimeout, milliseconds))));
        Assert.Contains("impossible", Frames.Check(Wire.Whole(Frames.Number(FrameKind.IdleTimeoutAck, milliseconds))));
    }

    private static void EachCut(byte[] bytes, Func<byte[], bool> isWrong)
    {
        for (var length = Frame.HeaderBytes; length < bytes.Length; length++) Assert.True(isWrong(Wire.Measured(bytes[..length])), $"cut at {length}");
    }

    private static void EachCut(byte[] bytes, Wrong isWrong) => EachCut(bytes, cut => isWrong(Wire.Whole(cut)));

    private delegate bool Wrong(Frame frame);

    /// <summary>The kind's own reader first, then all others: they do not rely on being asked for the right kind.</summary>
    private static void ReadAsEachKind(Frame frame)
    {
        if (Frames.Check(frame) is null) ReadFixed(frame);
        if (frame.Kind == FrameKind.Message && MessageFrame.Check(frame.Bytes) is null)
        {
            Assert.InRange(MessageFrame.Name(frame.Bytes).Length, 1, 255);
            Assert.InRange(Wire.PayloadsOf(frame.Bytes).Count, 1, MessageFrame.MaxMessages);
        }

        if (HelloFrame.TryReadVersions(frame, out var lowest, out var highest)) Assert.True(lowest <= highest);
        var hello = HelloFrame.Read(frame, out var reason);
        Assert.Equal(hello is null, reason is not null);
        var welcome = WelcomeFrame.Read(frame, out reason);
        Assert.Equal(welcome is null, reason is not null);
        _ = RefusedFrame.Read(frame);
        var peerHello = PeerHelloFrame.Read(frame, out reason);
        Assert.Equal(peerHello is null, reason is not null);
        var peerWelcome = PeerWelcomeFrame.Read(frame, out reason);
        Assert.Equal(peerWelcome is null, reason is not null);
        var entries = new List<ViewEntry>();
        if (ViewFrame.Read(frame, 6, entries) is null) Assert.All(entries, e => Assert.True(e.ClientName.Length > 0 && e.ServerName.Length > 0));
    }

    private static void ReadFixed(Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Join or FrameKind.JoinAck or FrameKind.Leave or FrameKind.LeaveAck or FrameKind.Watch or FrameKind.Unwatch:
                Assert.True(GroupName.IsValid(frame.Name));
                break;
            case FrameKind.NoOp or FrameKind.Handled or FrameKind.Flush or FrameKind.IdleTimeout or FrameKind.IdleTimeoutAck:
                _ = Frames.NumberAt(frame, 0);
                break;
            case FrameKind.Interest:
                for (var rest = frame.Bytes[InterestFrame.HeaderBytes..]; InterestFrame.TryNext(ref rest, out var name);) Assert.True(GroupName.IsValid(name));
                break;
            case FrameKind.NoInterest:
                Assert.True(GroupName.IsValid(InterestFrame.Name(frame)));
                break;
            case FrameKind.LinkGap:
                Assert.True(GroupName.IsValid(frame.Body));
                break;
            case FrameKind.FlushAck:
                _ = Frames.NumberAt(frame, 0) + Frames.NumberAt(frame, 1);
                break;
        }
    }
}
