namespace Msgc.Reactive.Simulation.Scenarios;

/// <summary>
/// One thing that happens in a scenario. Any step may be left out: those that need another one do nothing then. Hosts are numbered with
/// the servers first.
/// </summary>
internal readonly record struct Step(long Ticks, StepKind Kind, int A = 0, int B = 0, int C = 0)
{
    /// <summary>True when it disturbs servers, clients or network.</summary>
    public bool IsFault => Kind is >= StepKind.Stop and not (StepKind.StartServer or StepKind.StartClient or StepKind.Heal or StepKind.Thaw or StepKind.Accept);

    public override string ToString() => $"{Ticks / 1e7:f4} {Kind} {A} {B} {C}";
}
