namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>What an operation is, and what grows.</summary>
/// <param name="Dimension">What grows.</param>
/// <param name="Name">The operation, and per what it is counted.</param>
internal sealed record Operation(string Dimension, string Name)
{
    /// <summary>No operation of ours: shows what the machine takes for the like at the same size.</summary>
    public bool IsYardstick { get; init; }
}

/// <summary>What one operation took at one size in one round.</summary>
/// <param name="Nanoseconds">Of processor time, the harness's own included.</param>
/// <param name="Bytes">Allocated; for memory, held.</param>
/// <param name="Harness">The harness's part of the time.</param>
/// <param name="Pauses">How long the garbage collector stopped it, by the wall clock.</param>
internal sealed record Cost(double Nanoseconds, double Bytes, double Harness, double Pauses);
