using System.Text;

namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>The groups' names, all of one length, with all that tells them apart at the end.</summary>
internal static class Names
{
    public static byte[] Of(int group) => Encoding.UTF8.GetBytes($"market/{group:D9}");
}
