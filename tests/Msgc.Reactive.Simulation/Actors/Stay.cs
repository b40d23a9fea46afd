namespace Msgc.Reactive.Simulation.Actors;

/// <summary>
/// A stretch in which an acknowledged join stands, from the acknowledgement to the leave or the death: between which places of what was
/// heard, and when.
/// </summary>
internal sealed record Stay(int Begin, long BeginAt)
{
    public int End { get; set; } = int.MaxValue;

    public long EndAt { get; set; } = long.MaxValue;
}
