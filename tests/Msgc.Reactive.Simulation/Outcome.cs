namespace Msgc.Reactive.Simulation;

/// <summary>What a run has shown.</summary>
/// <param name="Violation">The first thing that did not hold, or null.</param>
/// <param name="Timeline">Drawn when asked for.</param>
internal sealed record Outcome(Violation? Violation, double VirtualSeconds, int Faults, long Deliveries, long Gaps, long Asked, ulong TraceHash, string? Timeline)
{
    /// <summary>What a violation is called that is an exception.</summary>
    public const string Exception = "an exception";

    public static Outcome Of(Exception error) => new(new Violation(Exception, error.ToString(), 0), 0, 0, 0, 0, 0, 0, null);
}
