using System.Diagnostics;
using System.Threading.Channels;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>What the machine takes for the simplest thing of the like: so what grows because memory is further away can be told from what grows because we do more.</summary>
internal static class Yardsticks
{
    private const int Often = 20_000;

    private static readonly Operation Lookup = new("yardstick", "lookup of a random name in a plain dictionary of so many") { IsYardstick = true };
    private static readonly Operation AddRemove = new("yardstick", "add to and remove from a plain dictionary of so many") { IsYardstick = true };
    private static readonly Operation Visit = new("yardstick", "write to and read from so many plain channels, a channel") { IsYardstick = true };

    public static IEnumerable<(Operation Operation, Cost Cost)> Of(IDimension dimension, int size, Random random) => dimension switch
    {
        GroupsDimension => Dictionary(size, random),
        MembersDimension => [(Visit, Channels(size))],
        _ => [],
    };

    private static IEnumerable<(Operation Operation, Cost Cost)> Dictionary(int size, Random random)
    {
        var all = new Dictionary<byte[], int[]>(GroupName.Comparer.Instance);
        for (var i = 0; i < size; i++) all.Add(Names.Of(i), [i]);
        var byBytes = all.GetAlternateLookup<ReadOnlySpan<byte>>();
        byte[][] wanted = [.. Enumerable.Range(0, Often).Select(_ => Names.Of(random.Next(size)))];
        var sum = 0;
        yield return (Lookup, Time(Often, () =>
        {
            foreach (var name in wanted) sum += byBytes[name][0];
        }));
        byte[][] added = [.. Enumerable.Range(size, Often).Select(Names.Of)];
        yield return (AddRemove, Time(Often, () =>
        {
            foreach (var names in added.Chunk(Blocks.Frames))
            {
                foreach (var name in names) all.Add(name.AsSpan().ToArray(), [1]);
                foreach (var name in names) all.Remove(name);
            }
        }));
    }

    private static Cost Channels(int size)
    {
        Channel<(object, long, long)>[] all =
            [.. Enumerable.Range(0, size).Select(_ => Channel.CreateUnbounded<(object, long, long)>(new UnboundedChannelOptions { SingleReader = true }))];
        var times = Math.Max(5, 200_000 / size);
        var item = new object();
        return Time(times * size, () =>
        {
            for (var i = 0; i < times; i++)
            {
                foreach (var channel in all) channel.Writer.TryWrite((item, i, i));
                foreach (var channel in all) channel.Reader.TryRead(out _);
            }
        });
    }

    private static Cost Time(int count, Action work)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        work();
        var elapsed = Stopwatch.GetElapsedTime(began);
        return new Cost(elapsed.TotalNanoseconds / count, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count, 0);
    }
}
