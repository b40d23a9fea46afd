using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Msgc.Reactive;

/// <summary>
/// Where a server listens or is dialled: <c>host:port</c>, <c>*:port</c> or <c>:port</c> (all interfaces when listening,
/// loopback when dialling), <c>[v6]:port</c>, or the absolute path of a unix socket. Equality is ordinal.
/// </summary>
public sealed record MsgcEndpoint : IParsable<MsgcEndpoint>
{
    /// <summary>The port that servers listen on and clients dial by default: 4809.</summary>
    public const int DefaultPort = 4809;

    private MsgcEndpoint(string host, int port, string? path)
    {
        Host = host;
        Port = port;
        Path = path;
    }

    /// <summary>Host name or address without brackets; empty for all interfaces and for unix sockets.</summary>
    public string Host { get; }

    /// <summary>Port, 0 to 65535; 0 asks a listener for any free one. 0 for unix sockets.</summary>
    public int Port { get; }

    /// <summary>Absolute path of a unix socket, or null.</summary>
    public string? Path { get; }

    /// <summary>Makes a TCP endpoint.</summary>
    /// <param name="host">Host name or address; empty or <c>*</c> for all interfaces.</param>
    /// <param name="port">0 to 65535.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is out of range.</exception>
    public static MsgcEndpoint Tcp(string host, int port)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, 65535);
        return new MsgcEndpoint(host == "*" ? "" : host, port, null);
    }

    /// <summary>Makes the endpoint of a unix socket.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    public static MsgcEndpoint Unix(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path[0] == '/' ? new MsgcEndpoint("", 0, path) : throw new ArgumentException($"A unix socket's path is absolute; '{path}' is not.", nameof(path));
    }

    /// <summary>Reads an endpoint.</summary>
    /// <exception cref="FormatException">The text is none; the message says what would be right.</exception>
    public static MsgcEndpoint Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return TryParse(s, provider, out var endpoint)
            ? endpoint
            : throw new FormatException($"'{s}' is no endpoint; write host:port, *:port, :port, [v6]:port or the absolute path of a unix socket.");
    }

    /// <summary>Reads an endpoint; false when the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out MsgcEndpoint result)
    {
        result = null;
        if (string.IsNullOrEmpty(s)) return false;
        if (s[0] == '/')
        {
            result = new MsgcEndpoint("", 0, s);
            return true;
        }
        var colon = s.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(s.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535) return false;
        if (!TryReadHost(s.AsSpan(0, colon), out var host)) return false;
        result = new MsgcEndpoint(host, port, null);
        return true;
    }

    /// <summary>The form that <see cref="Parse(string, IFormatProvider?)"/> reads.</summary>
    public override string ToString()
    {
        if (Path is not null) return Path;
        var host = Host.Length == 0 ? "*" : Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}");
    }

    private static bool TryReadHost(ReadOnlySpan<char> text, out string host)
    {
        host = "";
        if (text.IsEmpty || text is "*") return true;
        if (text[0] == '[')
        {
            if (text.Length < 3 || text[^1] != ']' || !System.Net.IPAddress.TryParse(text[1..^1], out _)) return false;
            host = text[1..^1].ToString();
            return true;
        }
        if (text.IndexOfAny(" \t/:[]") >= 0) return false;
        host = text.ToString();
        return true;
    }
}
