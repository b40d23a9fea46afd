namespace Msgc.Reactive.Benchmarks;

/// <summary>What a command with <c>[--quick] [--only TEXT]</c> is to measure.</summary>
internal sealed record Selection(bool Quick, string Only)
{
    public static Selection Parse(string command, ReadOnlySpan<string> args)
    {
        var selection = new Selection(false, "");
        for (var i = 0; i < args.Length; i++)
        {
            selection = args[i] switch
            {
                "--quick" => selection with { Quick = true },
                "--only" when i + 1 < args.Length => selection with { Only = args[++i] },
                var other => throw new ArgumentException($"{command}: what is {other}?"),
            };
        }
        return selection;
    }

    public bool Wants(string name) => name.Contains(Only, StringComparison.OrdinalIgnoreCase);
}
