using System.Globalization;

namespace Msgc.Reactive.Testing;

/// <summary>
/// One host of a <see cref="TestCluster"/>: a server by its index or by its name, which is <c>s</c> and the index, or a client by its name.
/// Integers and strings become one by themselves.
/// </summary>
public readonly record struct TestHost
{
    private readonly string? _name;

    private TestHost(string name) => _name = name;

    /// <summary>The host's name; the first server's by default.</summary>
    public string Name => _name ?? "s0";

    /// <summary>The server of that index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static implicit operator TestHost(int server) => FromInt32(server);

    /// <summary>The server or client of that name.</summary>
    /// <exception cref="ArgumentException">Null or empty.</exception>
    public static implicit operator TestHost(string name) => FromString(name);

    /// <summary>The server of that index.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static TestHost FromInt32(int server)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(server);
        return new TestHost(string.Create(CultureInfo.InvariantCulture, $"s{server}"));
    }

    /// <summary>The server or client of that name.</summary>
    /// <exception cref="ArgumentException">Null or empty.</exception>
    public static TestHost FromString(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new TestHost(name);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
