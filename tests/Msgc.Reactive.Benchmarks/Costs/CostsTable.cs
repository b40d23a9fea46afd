namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>All rounds of a run; a row has the median of them, and is compared to the smallest size.</summary>
internal sealed class CostsTable
{
    private readonly Dictionary<(Operation Operation, int Size), List<Cost>> _rounds = [];

    public IEnumerable<CostsRow> Rows => _rounds.Keys
        .GroupBy(key => key.Operation)
        .SelectMany(sizes => sizes.Select(key => new CostsRow(key.Operation, key.Size, Median(key), Median(sizes.MinBy(k => k.Size)))));

    public void Add(int size, IEnumerable<(Operation, Cost)> costs)
    {
        foreach (var (operation, cost) in costs)
        {
            if (!_rounds.TryGetValue((operation, size), out var rounds)) _rounds.Add((operation, size), rounds = []);
            rounds.Add(cost);
        }
    }

    private Cost Median((Operation, int) key)
    {
        double Of(Func<Cost, double> value) => _rounds[key].Select(value).Order().ElementAt(_rounds[key].Count / 2);
        return new Cost(Of(c => c.Nanoseconds), Of(c => c.Bytes), Of(c => c.Harness), Of(c => c.Pauses));
    }
}

/// <summary>What an operation takes at one size, and at the smallest.</summary>
internal sealed record CostsRow(Operation Operation, int Size, Cost Cost, Cost Smallest)
{
    private const double Flat = 2;

    /// <summary>Less than any object: what differs by so much is the amortized growth of a list somewhere.</summary>
    private const double FewBytes = 16;

    /// <summary>The server's own time.</summary>
    public double Nanoseconds => Cost.Nanoseconds - Cost.Harness;

    public double? TimeRatio => Cost.Nanoseconds > 0 ? Nanoseconds / (Smallest.Nanoseconds - Smallest.Harness) : null;

    public double? BytesRatio => Smallest.Bytes >= FewBytes ? Cost.Bytes / Smallest.Bytes : null;

    /// <summary>Flat within twice of the smallest size.</summary>
    public bool IsFlat => !(TimeRatio > Flat) && Cost.Bytes <= (Flat * Smallest.Bytes) + FewBytes;
}
