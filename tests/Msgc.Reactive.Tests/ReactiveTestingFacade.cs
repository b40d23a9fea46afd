using System.Reactive.Concurrency;
using System.Runtime.CompilerServices;

namespace Msgc.Reactive.Tests;

/// <summary>Microsoft.Reactive.Testing 3.1.1 asks for a facade assembly that System.Reactive has since absorbed.</summary>
internal static class ReactiveTestingFacade
{
    [ModuleInitializer]
    internal static void Install() => AppDomain.CurrentDomain.AssemblyResolve += static (_, request) =>
        new System.Reflection.AssemblyName(request.Name).Name == "System.Reactive.Interfaces" ? typeof(IScheduler).Assembly : null;
}
