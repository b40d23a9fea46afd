using System.Globalization;

namespace Msgc.Reactive.Benchmarks.Peers;

/// <summary>
/// Time for which a processor of a virtual machine had work and its host let others run, so that what is measured meanwhile is the host's. Linux
/// counts it, of all processors together; elsewhere, and where the host does not tell, it is always 0.
/// </summary>
internal static class StolenTime
{
    private const string File = "/proc/stat";
    private const int Column = 8; // of the line of all processors
    private static readonly TimeSpan Unit = TimeSpan.FromMilliseconds(10); // Linux reports in hundredths of a second, however it counts

    /// <summary>Since the machine was started.</summary>
    public static TimeSpan Total
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return TimeSpan.Zero;
            var all = System.IO.File.ReadLines(File).First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return long.Parse(all[Column], CultureInfo.InvariantCulture) * Unit;
        }
    }

    /// <summary>What came since then, as a part of what all processors had in that time.</summary>
    public static double Part(TimeSpan before, TimeSpan elapsed) => (Total - before) / (elapsed * Environment.ProcessorCount);
}
