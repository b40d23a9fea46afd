namespace Msgc.Reactive.Simulation;

/// <summary>What did not hold: the invariant with its contract paragraph, what was seen, and when, in seconds.</summary>
internal sealed record Violation(string Invariant, string Text, double At)
{
    public override string ToString() => $"{Invariant}, at {At:f4} s: {Text}";
}
