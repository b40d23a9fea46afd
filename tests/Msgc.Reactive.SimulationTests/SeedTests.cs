using Msgc.Reactive.Simulation;

namespace Msgc.Reactive.SimulationTests;

/// <summary>A thousand seeds, always the same, and those that have once shown a bug.</summary>
public sealed class SeedTests
{
    [Fact]
    public void A_thousand_clusters_keep_their_promises()
    {
        var output = new StringWriter();
        Assert.True(new Campaign(first: 1, seeds: 1000, Environment.ProcessorCount).Run(output), output.ToString());
    }
}
