using Msgc.Reactive.Diagnostics;
using Msgc.Reactive.Framing;

namespace Msgc.Reactive;

/// <summary>Options of a client.</summary>
public sealed record MsgcClientOptions : MsgcOptions
{
    /// <summary>The servers, in the order in which they are tried; default <c>127.0.0.1:4809</c>. (<c>server</c>)</summary>
    public IReadOnlyList<string> Servers { get; init; } = ["127.0.0.1:4809"];

    /// <summary>The client's name as views show it; default the process's name and id. Fixed for life.</summary>
    public string? Name { get; init; }

    /// <summary>Local address of the outbound connection; default none. (<c>bind_address</c>)</summary>
    public string? BindAddress { get; init; }

    /// <summary>True: a member does not receive its own messages. Default false. Fixed for life.</summary>
    public bool NoEcho { get; init; }

    /// <summary>Shown to the server in the handshake, at most 4096 bytes; default none.</summary>
    public ReadOnlyMemory<byte> Credentials { get; init; }

    /// <summary>A random part of this length is added to <see cref="MsgcOptions.ReconnectInterval"/>, so that many clients do not come back at once; default none.</summary>
    public TimeSpan ReconnectJitter { get; init; }

    /// <summary>The test kit's.</summary>
    internal IGroupProbe? Probe { get; init; }

    /// <inheritdoc/>
    public override void Validate() => Validated();

    internal string EffectiveName => Name ?? $"{AppDomain.CurrentDomain.FriendlyName}-{Environment.ProcessId}";

    internal MsgcEndpoint[] Endpoints => MsgcServerOptions.ParseEndpoints(Servers, nameof(Servers));

    internal MsgcClientOptions ValidatedChangeOf(MsgcClientOptions before)
    {
        FixedCommon(before);
        Fixed(EffectiveName, before.EffectiveName, nameof(Name));
        Fixed(NoEcho, before.NoEcho, nameof(NoEcho));
        return Validated();
    }

    internal MsgcClientOptions Validated()
    {
        ValidateCommon();
        if (Servers is null || Servers.Count == 0)
            throw new ArgumentException($"{nameof(Servers)} is empty; name at least one endpoint, such as 127.0.0.1:4809.", nameof(Servers));
        _ = Endpoints;
        if (ReconnectJitter != TimeSpan.Zero) Positive(ReconnectJitter, nameof(ReconnectJitter));
        if (Credentials.Length > 4096) throw new ArgumentException($"{nameof(Credentials)} has {Credentials.Length} bytes; at most 4096 are sent.", nameof(Credentials));
        GroupName.Encode(EffectiveName, nameof(Name));
        return this;
    }
}
