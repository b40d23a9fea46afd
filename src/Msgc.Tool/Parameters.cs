using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary>The options and arguments that commands share, checked while they are parsed: what is wrong is named, and what would be right.</summary>
internal static class Parameters
{
    public static Option<string[]> Servers() => Endpoints(
        "--server", anyPort: false, "A server: host:port, [v6]:port or the path of a unix socket. Repeatable: they are tried in order.", "127.0.0.1:4809");

    public static Option<string[]> Listen() => Endpoints(
        "--listen", anyPort: true, "Where to listen: host:port, *:port (all interfaces), [v6]:port or the path of a unix socket; port 0 takes a free one. Repeatable. Default: this server's own entry among the peers, or 127.0.0.1:4809.");

    /// <summary>A list of servers in place of <see cref="Servers"/>.</summary>
    public static Option<string[]> ServersAs(string name, string description) => Endpoints(name, anyPort: false, description);

    public static Option<string?> Name(string description)
    {
        var option = new Option<string?>("--name") { Description = description, HelpName = "N" };
        option.Validators.Add(result => CheckNames(result, result.Tokens, "name"));
        return option;
    }

    public static Argument<T> Groups<T>(ArgumentArity arity, string description)
    {
        var argument = new Argument<T>("GROUP") { Description = description, Arity = arity };
        argument.Validators.Add(result => CheckNames(result, result.Tokens, "group name"));
        return argument;
    }

    /// <summary>A whole number above 0.</summary>
    public static Option<long?> Count(string description, string name = "--count") => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            if (long.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0) return count;
            result.AddError($"{name} is '{result.Tokens[0].Value}'; write a whole number above 0.");
            return null;
        },
    };

    /// <summary>A whole number within bounds.</summary>
    public static Option<int> Whole(string name, string description, int byDefault, int min, int max) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} is '{result.Tokens[0].Value}'; write a whole number from {min} to {max}."));
            return byDefault;
        },
    };

    /// <summary>A time in seconds, fractions allowed, at most a day.</summary>
    public static Option<TimeSpan?> Seconds(string name, string description, bool orZero) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                && seconds <= 86_400 && (seconds >= 0.001 || (orZero && seconds == 0)))
                return TimeSpan.FromSeconds(seconds);
            result.AddError($"{name} is '{result.Tokens[0].Value}'; write a number of seconds, such as 10 or 0.5{(orZero ? ", or 0" : "")}.");
            return null;
        },
    };

    /// <summary>A number above 0, fractions allowed.</summary>
    public static Option<double?> Rate(string description) => new("--rate")
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) && rate is > 0 and <= 1e9)
                return rate;
            result.AddError($"--rate is '{result.Tokens[0].Value}'; write a number above 0, such as 100 or 0.5.");
            return null;
        },
    };

    /// <summary>One of some formats, the first by default.</summary>
    public static Option<string> Format(string description, params string[] names)
    {
        var option = new Option<string>("--format") { Description = description, HelpName = string.Join('|', names), DefaultValueFactory = _ => names[0] };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !names.Contains(token.Value))
                result.AddError($"--format is '{token.Value}'; write one of {string.Join(", ", names)}.");
        });
        return option;
    }

    /// <summary>Goes on printing.</summary>
    public static Option<bool> Follow(string description) => new("--follow") { Description = description };

    private static Option<string[]> Endpoints(string name, bool anyPort, string description, params string[] byDefault)
    {
        var option = new Option<string[]>(name)
        {
            Description = description,
            HelpName = "E",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => [.. result.Tokens.Select(token => token.Value).Distinct(StringComparer.Ordinal)],
        };
        if (byDefault.Length > 0) option.DefaultValueFactory = _ => byDefault;
        option.Validators.Add(result =>
        {
            foreach (var text in result.Tokens.Select(token => token.Value))
            {
                if (!MsgcEndpoint.TryParse(text, null, out var endpoint))
                    result.AddError($"{name} is '{text}'; write host:port, {(anyPort ? "*:port, " : "")}[v6]:port or the absolute path of a unix socket.");
                else if (endpoint is { Path: null, Port: 0 } && !anyPort)
                    result.AddError($"{name} is '{text}'; write a port from 1 to 65535.");
            }
        });
        return option;
    }

    private static void CheckNames(SymbolResult result, IEnumerable<Token> tokens, string what)
    {
        foreach (var name in tokens.Select(token => token.Value))
        {
            if (Encoding.UTF8.GetByteCount(name) is >= 1 and <= 255 && !name.Any(char.IsControl)) continue;
            var shown = string.Concat(name.Take(40).Select(c => char.IsControl(c) ? '?' : c)) + (name.Length > 40 ? "…" : "");
            result.AddError($"'{shown}' is no {what}; write 1 to 255 bytes of UTF-8 without control characters.");
        }
    }
}
