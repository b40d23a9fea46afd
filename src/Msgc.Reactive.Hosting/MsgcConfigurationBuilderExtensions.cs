using Microsoft.Extensions.Configuration;

namespace Msgc.Reactive.Hosting;

/// <summary>Configuration files in Momentum's syntax, for configuration builders.</summary>
public static class MsgcConfigurationBuilderExtensions
{
    /// <summary>Adds a configuration file such as <c>msgc_server.conf</c>, see <see cref="MsgcConfSource"/>.</summary>
    /// <param name="builder">The builder; sources added later win.</param>
    /// <param name="path">The file; relative to the builder's base path.</param>
    /// <param name="optional">True: the file need not be there.</param>
    /// <param name="reloadOnChange">True: it is read again when it changes, and servers and clients follow; an edit with errors is logged, and changes nothing.</param>
    /// <exception cref="MsgcConfException">The file has errors, or cannot be read; the message has one line for each.</exception>
    public static IConfigurationBuilder AddMsgcConf(this IConfigurationBuilder builder, string path, bool optional = false, bool reloadOnChange = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return builder.Add(new MsgcConfSource { Path = path, Optional = optional, ReloadOnChange = reloadOnChange });
    }
}
