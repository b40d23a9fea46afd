using System.Text;
using CsCheck;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Tests.Framing;

/// <summary>What is written is read again, whatever it says.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void A_hello_says_what_was_written() => Wire.Hello.Sample(hello =>
    {
        var frame = Wire.Whole(hello.Write(lowest: 1, highest: 7));
        Assert.True(frame.Bytes.Length <= Frame.MaxHandshakeBytes);
        Assert.True(HelloFrame.TryReadVersions(frame, out var lowest, out var highest));
        Assert.Equal((1, 7), (lowest, highest));
        var read = HelloFrame.Read(frame, out var reason)!;
        Assert.Null(reason);
        Assert.Equal(hello.Credentials.ToArray(), read.Credentials.ToArray());
        Assert.Equal(hello with { Credentials = default }, read with { Credentials = default });
    });

    [Fact]
    public void A_welcome_says_what_was_written() => Wire.Welcome.Sample(welcome =>
    {
        var frame = Wire.Whole(welcome.Write());
        Assert.Equal(FrameKind.Welcome, frame.Kind);
        Assert.True(frame.Bytes.Length <= Frame.MaxHandshakeBytes);
        Assert.Equal(welcome, WelcomeFrame.Read(frame, out var reason));
        Assert.Null(reason);
    });

    [Fact]
    public void A_refusal_says_what_was_written() => Wire.Refused.Sample(refused =>
    {
        var frame = Wire.Whole(refused.Write());
        Assert.Equal(FrameKind.Refused, frame.Kind);
        Assert.Equal(refused, RefusedFrame.Read(frame));
    });

    [Fact]
    public void A_peers_hello_and_welcome_say_what_was_written()
    {
        Wire.PeerHello.Sample(hello =>
        {
            var frame = Wire.Whole(hello.Write());
            Assert.True(frame.Bytes.Length <= Frame.MaxHandshakeBytes);
            Assert.True(HelloFrame.TryReadVersions(frame, out var lowest, out var highest) && lowest == 1 && highest == 1);
            Assert.Equal(hello, PeerHelloFrame.Read(frame, out var reason));
            Assert.Null(reason);
        });
        Wire.PeerWelcome.Sample(welcome =>
        {
            var read = PeerWelcomeFrame.Read(Wire.Whole(welcome.Write()), out var reason)!;
            Assert.Null(reason);
            Assert.Equal(welcome.Proof.ToArray(), read.Proof.ToArray());
            Assert.Equal(welcome with { Proof = default }, read with { Proof = default });
        });
    }

    [Fact]
    public void Interest_says_what_was_written()
    {
        Gen.Select(Wire.Number, Wire.Name.Array[1, 60]).Sample((serial, names) =>
        {
            var frame = Wire.Whole(InterestFrame.Write(serial, Wire.NamesOf(names)));
            Assert.Null(Frames.Check(frame));
            Assert.Equal(serial, InterestFrame.Serial(frame));
            var read = new List<string>();
            for (var rest = frame.Bytes[InterestFrame.HeaderBytes..]; InterestFrame.TryNext(ref rest, out var name);) read.Add(Encoding.UTF8.GetString(name));
            Assert.Equal(names, read);
        });
        Gen.Select(Wire.Number, Wire.Name).Sample((serial, name) =>
        {
            var frame = Wire.Whole(InterestFrame.WriteNone(serial, Encoding.UTF8.GetBytes(name)));
            Assert.Null(Frames.Check(frame));
            Assert.Equal((serial, name), (InterestFrame.Serial(frame), Encoding.UTF8.GetString(InterestFrame.Name(frame))));
        });
        Wire.Name.Sample(name => Assert.Equal(name, Encoding.UTF8.GetString(Wire.Whole(Frames.LinkGap(name)).Body)));
    }

    [Fact]
    public void A_proof_depends_on_all_that_it_is_of()
    {
        byte[][] proofs =
        [
            PeerProof.Of("secret", true, (1, 2), (3, 4)), PeerProof.Of("other", true, (1, 2), (3, 4)), PeerProof.Of(null, true, (1, 2), (3, 4)),
            PeerProof.Of("secret", false, (1, 2), (3, 4)), PeerProof.Of("secret", true, (9, 2), (3, 4)), PeerProof.Of("secret", true, (1, 9), (3, 4)),
            PeerProof.Of("secret", true, (1, 2), (9, 4)), PeerProof.Of("secret", true, (1, 2), (3, 9)), PeerProof.Of("secret", true, (3, 4), (1, 2)),
        ];
        Assert.Equal(proofs.Length, proofs.Select(Convert.ToHexString).Distinct().Count());
        Assert.True(PeerProof.Matches(proofs[0], PeerProof.Of("secret", true, (1, 2), (3, 4))));
        Assert.False(PeerProof.Matches(proofs[0], proofs[1]));
    }

    [Fact]
    public void A_long_refusal_is_cut_between_characters()
    {
        for (var shift = 0; shift < 4; shift++)
        {
            var text = new string('x', shift) + string.Concat(Enumerable.Repeat("🎈", 5000));
            var read = RefusedFrame.Read(Wire.Whole(new RefusedFrame(text, Final: true).Write()))!.Reason;
            Assert.StartsWith(read, text, StringComparison.Ordinal);
            Assert.InRange(Encoding.UTF8.GetByteCount(read), 1021, 1024);
        }
    }

    [Fact]
    public void A_message_says_what_was_written() => Gen.Select(Wire.Number, Wire.MessageNumber, Wire.Name, Gen.Byte.Array[0, 100]).Sample((sender, number, name, payload) =>
    {
        var bytes = Wire.MessageOf(sender, number, name, payload);
        var frame = Wire.Whole(bytes);
        Assert.Equal(FrameKind.Message, frame.Kind);
        Assert.Null(Frames.Check(frame));
        Assert.Equal((sender, number), (MessageFrame.Sender(bytes), MessageFrame.Number(bytes)));
        Assert.Equal(name, Encoding.UTF8.GetString(MessageFrame.Name(bytes)));
        Assert.Equal(payload, bytes[(MessageFrame.HeaderBytes + frame.NameLength)..]);
    });

    [Fact]
    public void Several_messages_in_a_frame_say_what_was_packed() =>
        Gen.Select(Wire.Number, Gen.ULong[1, long.MaxValue - 7], Wire.Name, Gen.Byte.Array[0, 90].Array[1, MessageFrame.MaxMessages]).Sample((sender, number, name, payloads) =>
        {
            var bytes = Wire.PackedOf(sender, number, name, payloads);
            Assert.Null(Frames.Check(Wire.Whole(bytes)));
            Assert.Equal((sender, number, payloads.Length), (MessageFrame.Sender(bytes), MessageFrame.Number(bytes), MessageFrame.Messages(bytes)));
            Assert.Equal(name, Encoding.UTF8.GetString(MessageFrame.Name(bytes)));
            Assert.Equal(payloads, Wire.PayloadsOf(bytes));
            Assert.Equal(bytes.Length, MessageFrame.LengthOfWhole([.. bytes, 1, 2, 3], bytes.Length, out var messages));
            Assert.Equal(payloads.Length, messages);
        });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(5, 5)]
    [InlineData(8, 8)]
    [InlineData(9, 8)]
    [InlineData(255, 8)]
    public void What_a_welcome_allows_a_client_to_pack_is_kept_within_what_a_frame_can_say(byte said, int allowed)
    {
        var bytes = Wire.Changed(new WelcomeFrame(4096, 1, TimeSpan.FromSeconds(1), "s").Write(), 29, said);
        Assert.Equal(allowed, WelcomeFrame.Read(Wire.Whole(bytes), out _)!.MessagesPerFrame);
    }

    [Fact]
    public void Small_frames_pass_their_check_and_say_what_was_written()
    {
        Gen.Select(Wire.Named, Gen.Const(0)).Sample((bytes, _) =>
        {
            var frame = Wire.Whole(bytes);
            Assert.Null(Frames.Check(frame));
            Assert.True(GroupName.IsValid(frame.Name));
            Assert.True(frame.Name.SequenceEqual(frame.Body));
        });
        Gen.OneOf(Wire.Numbered, Wire.Bare).Sample(bytes => Assert.Null(Frames.Check(Wire.Whole(bytes))));
        Wire.Number.Sample(value => Assert.Equal(value, Frames.NumberAt(Wire.Whole(Frames.Number(FrameKind.Flush, value)), 0)));
        Gen.Select(Wire.Number, Wire.Number).Sample((id, handled) =>
        {
            var frame = Wire.Whole(Frames.FlushAck(id, handled));
            Assert.Equal((id, handled), (Frames.NumberAt(frame, 0), Frames.NumberAt(frame, 1)));
        });
    }

    [Fact]
    public void Durations_are_whole_milliseconds_rounded_up_and_may_be_infinite()
    {
        Wire.Timeout.Sample(timeout => Assert.Equal(timeout, Frames.Duration(Frames.Milliseconds(timeout))));
        Assert.Equal(uint.MaxValue, Frames.Milliseconds(Timeout.InfiniteTimeSpan));
        Assert.Equal(1u, Frames.Milliseconds(TimeSpan.FromTicks(1)));
        Assert.Equal(2u, Frames.Milliseconds(TimeSpan.FromTicks(10_001)));
        Assert.Equal(uint.MaxValue - 1, Frames.Milliseconds(TimeSpan.MaxValue));
        Assert.Equal(TimeSpan.FromMilliseconds(1), Frames.Duration(0));
    }

    [Fact]
    public void Views_of_any_size_travel_in_chunks_that_every_server_may_send() => Gen.Select(
        Wire.Name, Gen.ULong, Gen.ULong, Gen.Int[0, 6], Gen.Bool, Gen.OneOf(Wire.Entry.List[0, 20], Gen.Int[0, 3000].SelectMany(n => Wire.Entry.List[n]))).Sample(
        (name, high, low, cause, snapshot, entries) =>
        {
            var read = new List<ViewEntry>();
            var next = 0;
            do
            {
                var first = next == 0;
                var bytes = ViewFrame.Write(Encoding.UTF8.GetBytes(name), new UInt128(high, low), (byte)cause, snapshot, entries, ref next);
                Assert.True(bytes.Length <= Frame.SmallestMaxBytes);
                var frame = Wire.Whole(bytes);
                Assert.Equal(FrameKind.View, frame.Kind);
                Assert.Equal((first, next == entries.Count, snapshot),
                    ((frame.Flags & ViewFrame.First) != 0, (frame.Flags & ViewFrame.Last) != 0, (frame.Flags & ViewFrame.Snapshot) != 0));
                Assert.Null(ViewFrame.Read(frame, 6, read));
                Assert.Equal(next, read.Count);
                Assert.Equal((new UInt128(high, low), (byte)cause), (ViewFrame.ViewId(frame), ViewFrame.Cause(frame)));
                Assert.Equal(name, Encoding.UTF8.GetString(ViewFrame.Name(frame)));
            }
            while (next < entries.Count);
            Assert.Equal(entries, read);
        },
        iter: 30);

    [Fact]
    public void The_largest_entry_of_the_group_with_the_longest_name_fits()
    {
        var longest = new string('n', 255);
        var next = 0;
        ViewFrame.Write(Encoding.UTF8.GetBytes(longest), 1, 0, false, [new ViewEntry(ViewEntryKind.Joined, 1, 1, longest, longest)], ref next);
        Assert.Equal(1, next);
    }
}
