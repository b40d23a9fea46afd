namespace Msgc.Tool;

/// <summary>A runtime failure, told in one line: exit code 1.</summary>
internal sealed class Failure(string message) : Exception(message)
{
    /// <summary>Why an endpoint could not be reached, where the endpoint is named already.</summary>
    public static string WithoutEndpoint(string endpoint, string reason)
    {
        var prefix = $"Cannot connect to {endpoint}: ";
        var rest = reason.StartsWith(prefix, StringComparison.Ordinal) ? reason[prefix.Length..] : reason;
        return rest.Length == 0 ? rest : char.ToLowerInvariant(rest[0]) + rest[1..].TrimEnd('.');
    }
}
