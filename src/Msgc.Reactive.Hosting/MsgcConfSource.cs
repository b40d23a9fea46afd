using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Msgc.Reactive.Hosting.Conf;

namespace Msgc.Reactive.Hosting;

/// <summary>
/// A configuration file in Momentum's syntax as a source of .NET's configuration: what it says of the server stands in section
/// <c>Msgc:Server</c>, of the client in <c>Msgc:Client</c>, of a client with a name in <c>Msgc:Clients:name</c>. A <c>debug_level</c> is the
/// level of <c>Logging:LogLevel</c> for <see cref="MsgcServer"/> or <see cref="MsgcClient"/>.
/// </summary>
public sealed class MsgcConfSource : IConfigurationSource
{
    /// <summary>The file; relative to the builder's base path.</summary>
    public required string Path { get; init; }

    /// <summary>True: the file need not be there.</summary>
    public bool Optional { get; init; }

    /// <summary>True: the file, and what it includes, is read again when it changes. An edit with errors changes nothing.</summary>
    public bool ReloadOnChange { get; init; }

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        var root = (builder.GetFileProvider() as PhysicalFileProvider)?.Root ?? "";
        return new MsgcConfProvider(System.IO.Path.Combine(root, Path), Optional, ReloadOnChange, new DiskFiles());
    }
}
