namespace Msgc.Reactive.Testing;

/// <summary>One thing that happened in a <see cref="TestCluster"/>.</summary>
/// <param name="Ticks">The scheduler's time, in ticks.</param>
/// <param name="Lane">The server or client that it happened to; <c>faults</c> for what the test did.</param>
/// <param name="Mark">What happened.</param>
/// <param name="Group">The group, if it is about one.</param>
/// <param name="Detail">More about it, in words.</param>
public readonly record struct TimelineEvent(long Ticks, string Lane, TimelineMark Mark, string? Group, string? Detail)
{
    /// <summary><c>12.3456 near ! x: by way of s1, LinkLost</c></summary>
    public override string ToString()
    {
        var what = $"{Group}{(Group is not null && Detail is not null ? ": " : "")}{Detail}";
        return FormattableString.Invariant($"{Ticks / (double)TimeSpan.TicksPerSecond:f4} {Lane} {Mark}{(what.Length > 0 ? " " : "")}{what}");
    }
}
