using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Msgc.Reactive.Hosting.Settings;

namespace Msgc.Reactive.Hosting.Services;

/// <summary>
/// Options of records that do not change: read from their section, then given to the user's code, then checked. Once there were valid ones,
/// invalid ones are logged, and those before stay.
/// </summary>
internal sealed class MsgcOptionsFactory<T>(
    MsgcOptionsFactory<T>.Reader read,
    IReadOnlyList<Setting<T>> settings,
    IEnumerable<OptionsBinding<T>> bindings,
    IEnumerable<IValidateOptions<T>> validations,
    ILoggerFactory loggers)
    : IOptionsFactory<T>
    where T : MsgcOptions, new()
{
    private readonly ConcurrentDictionary<string, T> _valid = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggers.CreateLogger("Msgc.Reactive.Hosting");

    /// <summary>Reads a section, and adds what is wrong to the errors.</summary>
    public delegate T Reader(IConfigurationSection section, T options, List<string> errors);

    public T Create(string name)
    {
        var binding = bindings.LastOrDefault(binding => binding.Name == name)
            ?? throw new InvalidOperationException($"No {typeof(T).Name} are configured with the key '{name}'; add the server or client with it first.");
        var errors = new List<string>();
        _valid.TryGetValue(name, out var before);
        var options = read(binding.Configuration.GetSection(binding.Section), new T(), errors);
        try
        {
            options = binding.Configure(options);
            errors.AddRange(Errors(name, binding.Section, options));
        }
        catch (Exception error) when (before is not null) // the user's code; at a reload there is nobody above who could take it
        {
            errors.Add(error.Message);
        }
        if (errors.Count == 0) return _valid[name] = options with { LoggerFactory = options.LoggerFactory ?? loggers };
        if (before is null) throw new OptionsValidationException(name, typeof(T), errors);
        Log.Rejected(_logger, binding.Section, string.Join(" ", errors));
        return before;
    }

    private IEnumerable<string> Errors(string name, string section, T options) =>
    [
        .. OptionError.All(options, settings).Select(error => $"{section}: {error.Text}."),
        .. validations.Select(validation => validation.Validate(name, options)).Where(result => result.Failed).SelectMany(result => result.Failures ?? []),
    ];
}
