namespace Msgc.Reactive.Hosting.Conf;

/// <summary>A place in a file; lines and columns count from 1.</summary>
internal readonly record struct ConfPosition(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}";
}
