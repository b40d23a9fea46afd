using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Msgc.Reactive.Hosting.Services;

/// <summary>Where the options of one server or client come from; tells when the configuration has changed.</summary>
/// <param name="Name">The options' name: the key, or empty.</param>
/// <param name="Section">The section's path.</param>
/// <param name="Configure">What code has to add.</param>
/// <param name="Configuration">The configuration.</param>
internal sealed record OptionsBinding<T>(string Name, string Section, Func<T, T> Configure, IConfiguration Configuration) : IOptionsChangeTokenSource<T>
{
    public IChangeToken GetChangeToken() => Configuration.GetReloadToken();
}
