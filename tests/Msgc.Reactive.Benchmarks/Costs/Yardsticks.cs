using System.Threading.Channels;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>What the machine takes for the simplest thing of the like: so what grows because memory is further away can be told from what grows because we do more.</summary>
internal static class Yardsticks
{
    private const int Often = 20_000;
    private const int GroupBytes = 320;

    private static readonly Operation Lookup = new("yardstick", "lookup of a random name in a plain dictionary of so many") { IsYardstick = true };
    private static readonly Operation AddRemove = new("yardstick", "add to and remove from a plain dictionary of so many") { IsYardstick = true };
    private static readonly Operation Walk = new("yardstick", "two walks over 32 cache lines each of so many, one of them") { IsYardstick = true };
    private static readonly Operation Visit = new("yardstick", "write to and read from so many plain channels, a channel") { IsYardstick = true };

    public static IEnumerable<(Operation Operation, Cost Cost)> Of(IDimension dimension, int size, Random random) => dimension switch
    {
        GroupsDimension => Dictionary(size, random),
        MembersDimension => [(Visit, Channels(size)), (Walk, Lines(size))],
        _ => [],
    };

    /// <summary>Values are as large as all that a server holds for a group; each lookup is followed by one interlocked step, as a publish is by several.</summary>
    private static IEnumerable<(Operation Operation, Cost Cost)> Dictionary(int size, Random random)
    {
        var all = new Dictionary<byte[], byte[]>(GroupName.Comparer.Instance);
        for (var i = 0; i < size; i++) all.Add(Names.Of(i), new byte[GroupBytes]);
        var byBytes = all.GetAlternateLookup<ReadOnlySpan<byte>>();
        var wanted = Blocks.Concat(Enumerable.Range(0, Often).Select(_ => Names.Of(random.Next(size))));
        var (length, sum) = (Names.Of(0).Length, 0);
        yield return (Lookup, Time(Often, () =>
        {
            for (var at = 0; at < wanted.Length; at += length) Interlocked.Add(ref sum, byBytes[wanted.AsSpan(at, length)][0]);
        }));
        byte[][] added = [.. Enumerable.Range(size, Often).Select(Names.Of)];
        yield return (AddRemove, Time(Often, () =>
        {
            foreach (var names in added.Chunk(Blocks.Frames))
            {
                foreach (var name in names) all.Add(name.AsSpan().ToArray(), new byte[GroupBytes]);
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

    /// <summary>About as many lines as a delivery touches of a session's objects: once to queue to all of them, once to send.</summary>
    private static Cost Lines(int size)
    {
        Line[] all = [.. Enumerable.Range(0, size).Select(_ => Line.Chain(32))];
        var times = Math.Max(5, 200_000 / size);
        return Time(times * size, () =>
        {
            for (var i = 0; i < 2 * times; i++)
            {
                foreach (var first in all)
                {
                    for (var line = first; line is not null; line = line.Next) line.Visits++;
                }
            }
        });
    }

    private static Cost Time(int count, Action work)
    {
        var paused = GC.GetTotalPauseDuration();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = Environment.CpuUsage.TotalTime;
        work();
        var elapsed = Environment.CpuUsage.TotalTime - began;
        return new Cost(elapsed.TotalNanoseconds / count, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count, 0, (GC.GetTotalPauseDuration() - paused).TotalNanoseconds / count);
    }
    /// <summary>An object as long as a cache line.</summary>
    private sealed class Line(Line? next)
    {
        private readonly (long, long, long, long) _rest = (1, 2, 3, 4);

        public Line? Next => next;

        public long Visits { get; set; }

        public override string ToString() => $"{Visits} {_rest}";

        public static Line Chain(int length)
        {
            Line? first = null;
            for (var i = 0; i < length; i++) first = new Line(first);
            return first!;
        }
    }
}
