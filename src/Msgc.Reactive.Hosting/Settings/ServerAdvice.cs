namespace Msgc.Reactive.Hosting.Settings;

/// <summary>What is allowed, and yet hardly meant.</summary>
internal static class ServerAdvice
{
    /// <summary>Each piece of advice, with the name of the option it is about.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="isPortGiven">True when the port was chosen, not only left as it is.</param>
    public static IEnumerable<(string Option, string Text)> For(MsgcServerOptions options, bool isPortGiven)
    {
        var resolved = options.Resolve();
        if (options.Peers.Count > 0 && !options.Peers.ContainsKey(resolved.NodeName!))
        {
            yield return ("peers", $"this server's name, '{resolved.NodeName}', is not among the peers, which therefore refuse it; "
                + $"name it {string.Join(" or ", options.Peers.Keys.Order(StringComparer.Ordinal))}, or add it to the peers");
        }
        var endpoints = resolved.Listen.Select(listen => MsgcEndpoint.Parse(listen.Endpoint)).ToArray();
        var isPortUsed = isPortGiven || options.Peers.Values.Any(address => !MsgcEndpoint.TryParse(address, null, out _));
        if (isPortUsed && !endpoints.Any(endpoint => endpoint.Path is null && endpoint.Port == options.Port))
        {
            yield return ("port", $"port is {options.Port}, where peers dial each other, but no endpoint listens there: "
                + $"{string.Join(", ", endpoints.AsEnumerable())}; write the same port in both places");
        }
    }
}
