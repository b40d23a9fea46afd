using System.Text;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Routing;

namespace Msgc.Reactive.Tests.Routing;

public sealed class RouteIndexTests
{
    private const int Readers = 3;

    private static readonly RouteTable Table = new(1024);

    [Fact]
    public void Finds_what_was_added_and_not_removed_since()
    {
        var random = new Random(1);
        for (var life = 0; life < 100; life++)
        {
            var (index, known) = (new RouteIndex(), new Dictionary<int, Route>());
            for (int step = 0, names = random.Next(1, 200); step < 1000; step++)
            {
                var n = random.Next(names);
                if (known.Remove(n, out var route)) Assert.True(index.Remove(route) && !index.Remove(route));
                else index.Add(known[n] = Named(n));
                if (step % 10 == 0) Assert.All(Enumerable.Range(0, names), i => Assert.Same(known.GetValueOrDefault(i), index.Find(Name(i))));
            }
        }
    }

    [Fact]
    public void A_name_without_bytes_is_not_there_even_where_one_of_its_hash_was()
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15;
        Route[] ofItsHash = [new(Table, BitConverter.GetBytes(unchecked(8 * Multiplier))), new(Table, [.. BitConverter.GetBytes(unchecked(16 * Multiplier)), .. new byte[8]])];
        Assert.All(ofItsHash, route => Assert.Equal(GroupName.Comparer.Instance.GetHashCode([]), GroupName.Comparer.Instance.GetHashCode(route.Group)));
        var index = new RouteIndex();
        foreach (var route in ofItsHash) index.Add(route);
        index.Remove(ofItsHash[0]);
        Assert.Null(index.Find([]));
        Assert.Same(ofItsHash[1], index.Find(ofItsHash[1].Group));
    }

    [Fact]
    public void Readers_beside_the_writer_find_each_route_that_is_there_and_none_of_another_name()
    {
        for (var life = 0; life < 100; life++) Live(new Random(life));
    }

    /// <summary>Routes with even numbers come and stay, those with odd ones come and go; each time the writer has added one it says so.</summary>
    private static void Live(Random random)
    {
        const int Stay = 600;
        var (index, told) = (new RouteIndex(), 0);
        Route[] staying = [.. Enumerable.Range(0, Stay).Select(n => Named(2 * n))], going = [.. Enumerable.Range(0, 20).Select(n => Named((2 * n) + 1))];
        var present = new bool[going.Length];
        Task[] readers = [.. Enumerable.Range(0, Readers).Select(reader => Task.Run(() => Read(new Random(reader))))];
        foreach (var route in staying)
        {
            for (var i = 0; i < 5; i++)
            {
                var n = random.Next(going.Length);
                if (present[n]) Assert.True(index.Remove(going[n]));
                else index.Add(going[n]);
                present[n] = !present[n];
            }
            index.Add(route);
            Interlocked.Increment(ref told);
        }
        Assert.True(Task.WaitAll(readers, TimeSpan.FromMinutes(1)));

        void Read(Random choice)
        {
            for (var count = 0; count < Stay;)
            {
                count = Volatile.Read(ref told);
                if (count == 0) continue;
                var n = choice.Next(count);
                Assert.Same(staying[n], index.Find(staying[n].Group));
                n = choice.Next(going.Length);
                Assert.True(index.Find(going[n].Group) is not { } found || found == going[n]);
            }
        }
    }

    private static byte[] Name(int n) => Encoding.UTF8.GetBytes($"group/{n}");

    private static Route Named(int n) => new(Table, Name(n));
}
