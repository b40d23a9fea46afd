namespace Msgc.Reactive.Diagnostics;

/// <summary>Reports that have to fit into a frame.</summary>
internal static class Fitting
{
    /// <summary>The report with as many entries, from 0 to <paramref name="all"/>, as fit; with none it is taken to fit.</summary>
    public static ReadOnlyMemory<byte> Most(int all, int mostBytes, Func<int, ReadOnlyMemory<byte>> write)
    {
        var (fits, tooMany, best) = (0, all + 1, default(ReadOnlyMemory<byte>?));
        while (tooMany - fits > 1)
        {
            var middle = (fits + tooMany) / 2;
            var report = write(middle);
            if (report.Length <= mostBytes) (fits, best) = (middle, report);
            else tooMany = middle;
        }
        return best ?? write(0);
    }
}
