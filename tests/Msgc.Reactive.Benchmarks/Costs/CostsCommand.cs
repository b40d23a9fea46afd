namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>
/// Measures what grows with groups, members and servers: one server in this process, its sockets and clock replaced by ours, its far ends
/// played frame by frame. In each round every size has a server of its own, so that a drift of the machine meets all sizes.
/// </summary>
internal static class CostsCommand
{
    private static readonly IDimension[] Dimensions = [new GroupsDimension(), new MembersDimension(), new ServersDimension()];

    public static async Task<int> RunAsync(Selection selection)
    {
        IDimension[] wanted = [.. Dimensions.Where(dimension => selection.Wants(dimension.Name))];
        // Until the hot methods are compiled for good.
        for (var i = 0; i < 3; i++)
        {
            foreach (var dimension in wanted) await MeasureAsync(dimension, dimension.Sizes(quick: true)[1], new HarnessCosts(), new Random(i));
        }

        var harness = new HarnessCosts();
        var table = new CostsTable();
        foreach (var dimension in wanted)
        {
            for (var round = 0; round < (selection.Quick ? 3 : 5); round++)
            {
                foreach (var size in dimension.Sizes(selection.Quick))
                {
                    Console.Error.WriteLine($"{dimension.Name}, round {round + 1}, {size}");
                    table.Add(size, await MeasureAsync(dimension, size, harness, new Random(round)));
                }
            }
        }
        CostsReport.Write(table, harness, Console.Out);
        return 0;
    }

    private static async Task<List<(Operation, Cost)>> MeasureAsync(IDimension dimension, int size, HarnessCosts harness, Random random)
    {
        var costs = new List<(Operation, Cost)>();
        await using (var world = new World(dimension.Peers(size)))
        {
            var meter = new Meter(world, harness);
            dimension.Measure(world, meter, size, random);
            costs.AddRange(meter.Costs);
        }
        GC.Collect();
        costs.AddRange(Yardsticks.Of(dimension, size, random));
        GC.Collect();
        return costs;
    }
}
