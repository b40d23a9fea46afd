using System.Globalization;

namespace Msgc.Reactive;

/// <summary>A digest of a view's set of member ids: equal on all servers for equal sets. For comparing only; it is no sequence.</summary>
public readonly record struct MsgcViewId(UInt128 Value)
{
    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
