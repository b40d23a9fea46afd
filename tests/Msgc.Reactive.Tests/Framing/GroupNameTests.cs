using System.Text;
using CsCheck;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Tests.Framing;

/// <summary>Names: 1 to 255 bytes of UTF-8 without control characters. (contract, "§3")</summary>
public sealed class GroupNameTests
{
    public static TheoryData<string> InvalidTexts => new(
        [
            "", "\0", "\t", "a\nb", "\u001F", "\u007F", "\u0080", "a\u0085", "\u009F",
            new string('a', 256), new string('ü', 128), new string('€', 86),
        ]);

    public static TheoryData<string> ValidTexts => new(["a", " ", "$system", "~", "\u00A0", "ü", "€", "🎈", "\uFFFD", "\uFEFF", new string('a', 255), new string('€', 85)]);

    public static TheoryData<string> InvalidBytes => new(
        [
            "", "00", "1F", "7F", "C280", "C29F", "61C285", // C0, DEL, C1
            "80", "BF", "C2", "E282", "F09F8E", "61C2", // continuation without a start, and starts without one
            "C0AF", "C180", "E08080", "E09FBF", "F0808080", // longer than need be
            "EDA080", "EDBFBF", // surrogates
            "F4908080", "F5808080", "FF", "FE", // beyond Unicode
        ]);

    [Theory]
    [MemberData(nameof(InvalidTexts))]
    public void An_invalid_text_fails_at_the_call_and_the_error_can_be_printed(string name)
    {
        An_invalid_text_fails(name);
        Assert.False(GroupName.IsValid(Encoding.UTF8.GetBytes(name)));
    }

    /// <summary>Not a theory: the runner does not pass such texts on unharmed.</summary>
    [Fact]
    public void A_lone_surrogate_fails_at_the_call()
    {
        foreach (var name in new[] { "\uD800", "a\uDC00b", "\uDC00\uD800" }) An_invalid_text_fails(name);
    }

    [Theory]
    [MemberData(nameof(ValidTexts))]
    public void A_valid_text_is_its_bytes(string name)
    {
        var bytes = GroupName.Encode(name, "group");
        Assert.Equal(name, Encoding.UTF8.GetString(bytes));
        Assert.True(GroupName.IsValid(bytes));
    }

    [Theory]
    [MemberData(nameof(InvalidBytes))]
    public void Invalid_bytes_are_none(string hex) => Assert.False(GroupName.IsValid(Convert.FromHexString(hex)));

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Length_counts_in_bytes(int length, bool valid) => Assert.Equal(valid, GroupName.IsValid(Encoding.UTF8.GetBytes(new string('x', length))));

    [Fact]
    public void Any_bytes_are_valid_exactly_when_they_decode_without_control_characters() => Gen.OneOf(
        Gen.Byte.Array[0, 12], Wire.Name.Select(Encoding.UTF8.GetBytes), Gen.String[0, 20].Select(s => Encoding.UTF8.GetBytes(s))).Sample(
        bytes =>
        {
            var text = Encoding.UTF8.GetString(bytes);
            var expected = bytes.Length is >= 1 and <= 255 && Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(bytes) && !text.Any(char.IsControl);
            Assert.Equal(expected, GroupName.IsValid(bytes));
        },
        iter: 10_000);

    [Fact]
    public void Equal_bytes_are_equal_and_found_by_span_as_by_array() => Gen.Select(Gen.Byte.Array[0, 40], Gen.Byte.Array[0, 40], Gen.Int[0, 8]).Sample(
        (a, b, offset) =>
        {
            var comparer = GroupName.Comparer.Instance;
            byte[] copy = [.. a], shifted = [.. new byte[offset], .. a];
            Assert.True(comparer.Equals(a, copy));
            Assert.Equal(comparer.GetHashCode(a), comparer.GetHashCode(copy));
            Assert.Equal(comparer.GetHashCode(a), comparer.GetHashCode(shifted.AsSpan(offset)));
            Assert.Equal(a.AsSpan().SequenceEqual(b), comparer.Equals(a, b));
            Assert.Equal(comparer.Equals(a, b), comparer.Equals(a.AsSpan(), b));

            var table = new Dictionary<byte[], int>(comparer) { [a] = 1 };
            var bySpan = table.GetAlternateLookup<ReadOnlySpan<byte>>();
            Assert.True(bySpan.ContainsKey(shifted.AsSpan(offset)));
            Assert.Equal(comparer.Equals(a, b), bySpan.ContainsKey(b));
            bySpan[b] = 2;
            Assert.True(table.ContainsKey(b));
        });

    [Fact]
    public void Hashes_of_similar_names_spread()
    {
        var comparer = GroupName.Comparer.Instance;
        var buckets = Enumerable.Range(0, 10_000).Select(i => (uint)comparer.GetHashCode(Encoding.UTF8.GetBytes($"group{i}")) % 1024).Distinct().Count();
        Assert.True(buckets > 1000, $"{buckets} of 1024 buckets are used");
    }

    /// <summary>Whatever their length: the hash takes eight bytes at a time, and what tells names apart is often at their end.</summary>
    [Fact]
    public void Hashes_of_names_that_differ_in_their_last_or_first_digits_spread_at_each_length()
    {
        var comparer = GroupName.Comparer.Instance;
        int Buckets(Func<int, string> name) =>
            Enumerable.Range(0, 10_000).Select(i => (uint)comparer.GetHashCode(Encoding.UTF8.GetBytes(name(i))) % 1024).Distinct().Count();
        for (var length = 0; length < 40; length++)
        {
            var same = new string('g', length);
            Assert.True(Buckets(i => $"{same}{i:D4}") > 1000, $"digits behind {length} letters");
            Assert.True(Buckets(i => $"{i:D4}{same}") > 1000, $"digits before {length} letters");
        }
    }

    private static void An_invalid_text_fails(string name)
    {
        var error = Assert.Throws<ArgumentException>("group", () => GroupName.Encode(name, "group"));
        Assert.DoesNotContain(error.Message, c => char.IsControl(c) || char.IsSurrogate(c));
    }
}
