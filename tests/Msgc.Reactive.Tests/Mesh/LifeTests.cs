using System.Globalization;

namespace Msgc.Reactive.Tests.Mesh;

/// <summary>Random lives of clusters; MSGC_LIVES asks for more of them than the few that always run.</summary>
public sealed class LifeTests
{
    private static readonly int Lives = int.Parse(Environment.GetEnvironmentVariable("MSGC_LIVES") ?? "4", CultureInfo.InvariantCulture);

    private static readonly int First = int.Parse(Environment.GetEnvironmentVariable("MSGC_LIVES_FIRST") ?? "1", CultureInfo.InvariantCulture);

    [Fact]
    public void Whatever_happens_nothing_is_lost_in_silence_and_all_is_well_in_the_end() => Each(onlyDrains: false);

    [Fact]
    public void Servers_that_are_restarted_one_by_one_lose_nothing() => Each(onlyDrains: true);

    private static void Each(bool onlyDrains)
    {
        var failures = new List<string>();
        var asked = 0L;
        for (var seed = First; seed < First + Lives; seed++)
        {
            try
            {
                var life = new Life((ulong)seed, onlyDrains);
                life.Run();
                asked += life.Asked;
            }
            catch (InvalidOperationException error)
            {
                failures.Add(error.Message);
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {Lives} lives: {string.Join("\n\n", failures.Take(3))}");
        Assert.True(asked > Lives * 1000L, $"it was asked of {asked} messages only");
    }
}
