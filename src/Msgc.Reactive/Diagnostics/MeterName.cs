namespace Msgc.Reactive.Diagnostics;

/// <summary>The name of all meters and of the activity source.</summary>
internal static class MeterName
{
    public const string Value = "Msgc.Reactive";
}
