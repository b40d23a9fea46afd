using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Msgc.Reactive;

/// <summary>A client's id: 64 random bits, the same for the life of the client object. Printed as 16 hexadecimal digits.</summary>
public readonly record struct MsgcClientId(ulong Value) : IParsable<MsgcClientId>, IComparable<MsgcClientId>
{
    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is not 16 hexadecimal digits.</exception>
    public static MsgcClientId Parse(string s, IFormatProvider? provider = null) => TryParse(s, provider, out var id)
        ? id
        : throw new FormatException($"'{s}' is no client id; write its 16 hexadecimal digits.");

    /// <summary>Reads an id; false when the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out MsgcClientId result)
    {
        var good = s is { Length: 16 } & ulong.TryParse(s, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        result = good ? new MsgcClientId(value) : default;
        return good;
    }

    /// <summary>Orders ids as numbers; the order means nothing.</summary>
    public int CompareTo(MsgcClientId other) => Value.CompareTo(other.Value);

    /// <summary>16 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
