namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>Something that grows, and what is done at each of its sizes. Everything else stays as it is.</summary>
internal interface IDimension
{
    string Name { get; }

    IReadOnlyList<int> Sizes(bool quick);

    /// <summary>The peers of the server at that size.</summary>
    int Peers(int size);

    void Measure(World world, Meter meter, int size, Random random);
}
