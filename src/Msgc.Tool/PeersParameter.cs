using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary>The servers of a mesh as an option, <c>name=host[:port]</c> each, checked as the library checks them.</summary>
internal static class PeersParameter
{
    private const string Forms = "write name=host, name=host:port, name=[v6]:port or name= and the absolute path of a unix socket";

    public static Option<Dictionary<string, string>> Create()
    {
        var option = new Option<Dictionary<string, string>>("--peer")
        {
            Description = "A server of the mesh, the same list for all of them: name=host (port 4809), name=host:port, name=[v6]:port or name=/path. This server's own entry may be among them. Repeatable.",
            HelpName = "N=E",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = Parse,
            DefaultValueFactory = _ => [],
        };
        return option;
    }

    private static Dictionary<string, string> Parse(ArgumentResult result)
    {
        var peers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in result.Tokens.Select(token => token.Value))
        {
            var (name, address) = text.IndexOf('=') is > 0 and var at ? (text[..at], text[(at + 1)..]) : ("", "");
            if (Wrong(text, name, address) is { } error) result.AddError(error);
            else if (!peers.TryAdd(name, address)) result.AddError($"--peer names '{name}' twice; write one entry for each server.");
        }
        return peers;
    }

    private static string? Wrong(string text, string name, string address)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > 255 || text.Any(char.IsControl)) return $"--peer is '{Shown(text)}'; {Forms}.";
        if (!(MsgcEndpoint.TryParse(address, null, out var endpoint) || MsgcEndpoint.TryParse($"{address}:{MsgcEndpoint.DefaultPort}", null, out endpoint))
            || endpoint is { Path: null, Host: "" })
            return $"--peer is '{text}'; {Forms}.";
        if (endpoint is { Path: null, Port: 0 }) return $"--peer is '{text}'; write a port from 1 to 65535.";
        if (!name.Any(char.IsUpper) && !endpoint.Host.Any(char.IsUpper)) return null;
        var right = name.ToLowerInvariant() + "=" + (endpoint.Path is null ? address.ToLowerInvariant() : address);
        return $"--peer is '{text}'; write '{right}': servers' names and hosts have no upper-case letters.";
    }

    private static string Shown(string text) => string.Concat(text.Take(80).Select(c => char.IsControl(c) ? '?' : c)) + (text.Length > 80 ? "…" : "");
}
