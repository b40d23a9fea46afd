using Msgc.Reactive.Simulation;
using Msgc.Reactive.Simulation.Scenarios;

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

    [Theory]
    [InlineData(5, "the timer of a stall outlived its queue")]
    [InlineData(15, "the timer of a stall outlived its queue")]
    [InlineData(208, "the timer of a stall outlived its queue")]
    [InlineData(3925, "a join made while a peer was not linked had no gap ahead of a sender who came over from there")]
    [InlineData(4913, "a join made while a peer was not linked had no gap ahead of a sender who came over from there")]
    [InlineData(7039, "a join made while a peer was not linked had no gap ahead of a sender who came over from there")]
    public void What_once_failed_holds(ulong seed, string bug)
    {
        var violation = new Run(Generator.Make(seed)).Execute().Violation;
        Assert.True(violation is null, $"{bug}? {violation}");
    }
}
