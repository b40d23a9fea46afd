using System.Globalization;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>
/// The time of all processors since the machine was started, and the part of it that was stolen: there was work for a processor of a virtual
/// machine, and its host let others run. What is measured meanwhile says something of the host. Linux counts it; elsewhere, and where the host does
/// not tell, nothing is ever stolen.
/// </summary>
/// <param name="All">In a unit of the system's own.</param>
/// <param name="Stolen">In the same.</param>
internal readonly record struct HostTime(long All, long Stolen)
{
    private const int StolenColumn = 7; // behind user, nice, system, idle, iowait, irq and softirq; what comes behind it is counted among these

    public static HostTime Now
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return default;
            var line = File.ReadLines("/proc/stat").First(); // "cpu", and the sums over all processors
            long[] times = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..].Take(StolenColumn + 1).Select(t => long.Parse(t, CultureInfo.InvariantCulture))];
            return new HostTime(times.Sum(), times[StolenColumn]);
        }
    }

    /// <summary>The part stolen from then to now.</summary>
    public double StolenSince(HostTime then) => All == then.All ? 0 : (Stolen - then.Stolen) / (double)(All - then.All);
}
