using System.Diagnostics;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>Adds up what the operations of one size take in one round. All of it happens on one thread.</summary>
internal sealed class Meter(World world, HarnessCosts harness)
{
    private readonly Dictionary<Operation, Sum> _sums = [];

    public IEnumerable<(Operation Operation, Cost Cost)> Costs => _sums.Select(sum => (sum.Key, sum.Value.Cost));

    /// <summary>Measures work that is so many operations.</summary>
    public void Time(Operation operation, double count, Action work)
    {
        var used = new HarnessUse(world.Pump, world.Traffic);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        work();
        var elapsed = Stopwatch.GetElapsedTime(began);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Of(operation).Add(count, elapsed.TotalNanoseconds, allocated, harness.Of(new HarnessUse(world.Pump, world.Traffic) - used));
    }

    /// <summary>Measures what the heap has grown by, for so many of something.</summary>
    public void Held(Operation operation, double count, Action work)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        work();
        Of(operation).Add(count, 0, GC.GetTotalMemory(forceFullCollection: true) - before, 0);
    }

    private Sum Of(Operation operation)
    {
        if (!_sums.TryGetValue(operation, out var sum)) _sums.Add(operation, sum = new Sum());
        return sum;
    }

    private sealed class Sum
    {
        private double _count;
        private double _nanoseconds;
        private double _bytes;
        private double _harness;

        public Cost Cost => new(_nanoseconds / _count, _bytes / _count, _harness / _count);

        public void Add(double count, double nanoseconds, double bytes, double harness)
        {
            _count += count;
            _nanoseconds += nanoseconds;
            _bytes += bytes;
            _harness += harness;
        }
    }
}
