using System.Runtime.InteropServices;

namespace Msgc.Tool.Bench;

/// <summary>Sleeps more finely than .NET's timers, whose milliseconds are longer than a message takes.</summary>
internal static class Nap
{
    /// <summary>Blocks the thread for about so long, less than a second. On Windows in whole milliseconds.</summary>
    public static void For(TimeSpan time)
    {
        if (OperatingSystem.IsWindows()) Thread.Sleep(time);
        else _ = Usleep((uint)time.TotalMicroseconds);
    }

    [DllImport("libc", EntryPoint = "usleep")]
    private static extern int Usleep(uint microseconds);
}
