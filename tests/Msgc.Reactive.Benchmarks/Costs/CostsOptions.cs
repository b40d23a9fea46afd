namespace Msgc.Reactive.Benchmarks.Costs;

/// <summary>What a run is to measure.</summary>
internal sealed record CostsOptions(bool Quick, string? Only)
{
    public int Rounds => Quick ? 3 : 5;

    public static CostsOptions Parse(ReadOnlySpan<string> args)
    {
        var options = new CostsOptions(false, null);
        for (var i = 0; i < args.Length; i++)
        {
            options = args[i] switch
            {
                "--quick" => options with { Quick = true },
                "--only" when i + 1 < args.Length => options with { Only = args[++i] },
                var other => throw new ArgumentException($"costs: what is {other}?"),
            };
        }
        return options;
    }

    public bool Wants(IDimension dimension) => Only is null || dimension.Name.Contains(Only, StringComparison.OrdinalIgnoreCase);
}
