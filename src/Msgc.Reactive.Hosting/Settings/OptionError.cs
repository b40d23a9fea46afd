namespace Msgc.Reactive.Hosting.Settings;

/// <summary>What the library finds wrong with options.</summary>
/// <param name="Property">The option.</param>
/// <param name="Text">What is wrong, and what would be right, without a full stop.</param>
internal sealed record OptionError(string? Property, string Text)
{
    /// <summary>The first error, or null.</summary>
    public static OptionError? Of(MsgcOptions options)
    {
        try
        {
            options.Validate();
            return null;
        }
        catch (ArgumentException error)
        {
            // The runtime says the parameter again, behind the message.
            var text = error.ParamName is { } name ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : error.Message;
            return new OptionError(error.ParamName, text.TrimEnd('.'));
        }
    }

    /// <summary>All errors: each wrong option is as by default before the next look.</summary>
    public static IReadOnlyList<OptionError> All<T>(T options, IReadOnlyList<Setting<T>> settings)
        where T : MsgcOptions, new()
    {
        var errors = new List<OptionError>();
        while (Of(options) is { } error && !errors.Any(other => other.Property == error.Property))
        {
            errors.Add(error);
            options = settings.FirstOrDefault(setting => setting.Property == error.Property)?.Copy(new T(), options) ?? options;
        }
        return errors;
    }
}
