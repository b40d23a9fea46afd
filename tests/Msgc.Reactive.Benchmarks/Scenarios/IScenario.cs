namespace Msgc.Reactive.Benchmarks.Scenarios;

/// <summary>Something to be measured that is no throughput.</summary>
internal interface IScenario
{
    string Name { get; }

    /// <summary>Each figure with its name and unit.</summary>
    /// <param name="quick">With a tenth of the connections and time.</param>
    Task<IReadOnlyList<(string Name, double Value, string Unit)>> RunAsync(bool quick);
}
