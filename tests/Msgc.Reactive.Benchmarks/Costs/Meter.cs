namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>
/// Adds up what the operations of one size take in one round. All of it happens on one thread, and is measured in the process's processor
/// time, so that other processes of a busy machine do not count.
/// </summary>
internal sealed class Meter(World world, HarnessCosts harness)
{
    private readonly Dictionary<Operation, Sum> _sums = [];

    public IEnumerable<(Operation Operation, Cost Cost)> Costs => _sums.Select(sum => (sum.Key, sum.Value.Cost));

    /// <summary>Measures work that is so many operations.</summary>
    public void Time(Operation operation, double count, Action work)
    {
        var used = new HarnessUse(world.Pump, world.Traffic);
        var paused = GC.GetTotalPauseDuration();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = Environment.CpuUsage.TotalTime;
        work();
        var elapsed = Environment.CpuUsage.TotalTime - began;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        var own = harness.Of(new HarnessUse(world.Pump, world.Traffic) - used);
        Of(operation).Add(count, new Cost(elapsed.TotalNanoseconds, allocated, own, (GC.GetTotalPauseDuration() - paused).TotalNanoseconds));
    }

    /// <summary>Measures what the heap has grown by, for so many of something.</summary>
    public void Held(Operation operation, double count, Action work)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        work();
        Of(operation).Add(count, new Cost(0, GC.GetTotalMemory(forceFullCollection: true) - before, 0, 0));
    }

    private Sum Of(Operation operation)
    {
        if (!_sums.TryGetValue(operation, out var sum)) _sums.Add(operation, sum = new Sum());
        return sum;
    }

    private sealed class Sum
    {
        private double _count;
        private Cost _all = new(0, 0, 0, 0);

        public Cost Cost => new(_all.Nanoseconds / _count, _all.Bytes / _count, _all.Harness / _count, _all.Pauses / _count);

        public void Add(double count, Cost cost)
        {
            _count += count;
            _all = new Cost(_all.Nanoseconds + cost.Nanoseconds, _all.Bytes + cost.Bytes, _all.Harness + cost.Harness, _all.Pauses + cost.Pauses);
        }
    }
}
