namespace Msgc.Reactive.Testing.Cluster;

/// <summary>Views and gaps in a timeline's words.</summary>
internal static class Words
{
    /// <summary><c>+a -b, 3 members, Join</c></summary>
    public static string Change(this MsgcView view)
    {
        var changes = view.Joined.Select(m => $"+{m.ClientName}").Concat(view.Left.Select(m => $"-{m.ClientName}")).ToArray();
        var shown = changes.Length > 4 ? [.. changes.Take(3), $"and {changes.Length - 3} more"] : changes;
        return $"{string.Join(' ', shown)}{(shown.Length > 0 ? ", " : "")}{view.Members.Count} members, {view.Cause}";
    }

    /// <summary><c>3 messages of 0123…, Skip</c>, or <c>by way of s1, LinkLost</c>.</summary>
    public static string Told(this MsgcGap gap)
    {
        var what = gap.Count is { } count ? $"{count} messages " : "";
        var whose = gap.Sender is { } sender ? $"of {sender} " : "";
        var where = gap.Server is { } server ? $"by way of {server} " : "";
        return $"{what}{whose}{where}{gap.Cause}";
    }
}
