using Msgc.Reactive.Framing;

namespace Msgc.Reactive;

/// <summary>Options of a server.</summary>
public sealed record MsgcServerOptions : MsgcOptions
{
    /// <summary>Where to listen, see <see cref="MsgcEndpoint"/>; default <c>127.0.0.1:4809</c>. Port 0 takes any free one.</summary>
    public IReadOnlyList<string> Listen { get; init; } = ["127.0.0.1:4809"];

    /// <summary>This server's name; default the host's name, cut at the first dot, in lower case. Fixed for life.</summary>
    public string? NodeName { get; init; }

    /// <summary>Decides on a client's credentials: null lets it in, a text refuses it with that reason. Default: everybody.</summary>
    public Func<ReadOnlyMemory<byte>, string?>? Authorize { get; init; }

    internal string Name => NodeName ?? Environment.MachineName.Split('.')[0].ToLowerInvariant();

    internal MsgcServerOptions Validated()
    {
        ValidateCommon();
        if (Listen is null || Listen.Count == 0) throw new ArgumentException($"{nameof(Listen)} is empty; name at least one endpoint, such as 127.0.0.1:4809.", nameof(Listen));
        ParseEndpoints(Listen, nameof(Listen));
        GroupName.Encode(Name, nameof(NodeName));
        return this;
    }

    internal MsgcServerOptions ValidatedChangeOf(MsgcServerOptions before)
    {
        FixedCommon(before);
        Fixed(Name, before.Name, nameof(NodeName));
        return Validated();
    }

    internal static MsgcEndpoint[] ParseEndpoints(IReadOnlyList<string> texts, string option)
    {
        var endpoints = new MsgcEndpoint[texts.Count];
        for (var i = 0; i < endpoints.Length; i++)
        {
            if (!MsgcEndpoint.TryParse(texts[i], null, out var endpoint))
                throw new ArgumentException($"{option}[{i}] is '{texts[i]}'; write host:port, *:port, :port, [v6]:port or the absolute path of a unix socket.", option);
            endpoints[i] = endpoint;
        }
        return endpoints;
    }
}
