using Msgc.Reactive.Tests.Architecture;

namespace Msgc.Reactive.Tests;

/// <summary>The arrows of architecture.md, read from the compiled assemblies.</summary>
public sealed class ArchitectureTests
{
    /// <summary>The types in the root that tie the rooms together; the rest of the root is vocabulary.</summary>
    private static readonly HashSet<string> Nouns =
    [
        "MsgcClient", "MsgcServer", "MsgcGroup", "MsgcGroup`1", "ClientGroups", "ConnectionStates",
    ];

    private static readonly Dictionary<string, string[]> Doors = new()
    {
        ["Routing"] = ["Sessions", "Groups", "Operators", "Framing", "Transport", "Diagnostics", House.Vocabulary],
        ["Sessions"] = ["Operators", "Framing", "Transport", House.Vocabulary],
        ["Groups"] = ["Framing", House.Vocabulary],
        ["Framing"] = [House.Vocabulary],
        ["Operators"] = [House.Vocabulary],
        ["Transport"] = [House.Vocabulary],
        ["Diagnostics"] = [House.Vocabulary],
    };

    private static readonly House Library = new("Msgc.Reactive", Nouns, Doors, new HashSet<string>
    {
        // The option is of that interface: users give transports of their own.
        "vocabulary.MsgcOptions -> Transport.IMsgcTransport",
        // How the test kit looks in.
        "vocabulary.MsgcClientOptions -> Diagnostics.IGroupProbe",
        // Options are validated where they enter, by the one rule for names.
        "vocabulary.MsgcClientOptions -> Framing.GroupName",
        "vocabulary.MsgcServerOptions -> Framing.GroupName",
    });

    private static string LibraryPath => typeof(MsgcClient).Assembly.Location;

    [Fact]
    public void Rooms_use_only_the_rooms_below_them() => AssertNone(Library.Violations(LibraryPath));

    [Fact]
    public void Async_methods_are_in_Transport_and_on_the_public_edge_only() => AssertNone(TypeReferences.Async(LibraryPath)
        .Where(t => t.Namespace != "Msgc.Reactive.Transport" && !(t.Namespace == "Msgc.Reactive" && t.Name is "MsgcClient" or "MsgcServer" or "MsgcGroup"))
        .Select(t => $"{t.Namespace}.{t.Name}"));

    [Fact]
    public void The_library_needs_Rx_and_logging_and_nothing_else() => AssertNone(Packages(LibraryPath).Except(["Microsoft.Extensions.Logging.Abstractions", "System.Reactive"]));

    [Fact]
    public void A_forbidden_arrow_is_found_wherever_it_hides()
    {
        var house = new House("Msgc.Reactive.Tests.Architecture.Sample", new HashSet<string> { "Noun" }, Doors, new HashSet<string>
        {
            "Framing.Excused -> Sessions.High",
        });
        Assert.Equal(
            [
                "Framing.Base -> Sessions.High",
                "Framing.Body -> Sessions.High",
                "Framing.Field -> Sessions.High",
                "Framing.GenericArgument -> Sessions.High",
                "Framing.Lambda -> Sessions.High",
                "Framing.Local -> Sessions.High",
                "Framing.Noun -> vocabulary.Noun",
                "Framing.Parameter -> Sessions.High",
                "Framing.StaticCall -> Sessions.High",
                "Framing.Wait -> Sessions.High",
                "vocabulary.Word -> Sessions.High",
            ],
            house.Violations(typeof(ArchitectureTests).Assembly.Location));
    }

    [Fact]
    public void An_async_method_is_found_in_a_lambda_and_an_iterator_too()
    {
        var found = TypeReferences.Async(typeof(ArchitectureTests).Assembly.Location).Where(t => t.Namespace.StartsWith("Msgc.Reactive.Tests.Architecture", StringComparison.Ordinal));
        Assert.Equal(["AsyncIterator", "AsyncLambda", "Wait"], found.Select(t => t.Name).Order());
    }

    [Fact]
    public void A_package_is_found_among_the_references() => Assert.Contains("System.Reactive", Packages(typeof(ArchitectureTests).Assembly.Location));

    private static void AssertNone(IEnumerable<string> wrong) => Assert.True(!wrong.Any(), string.Join('\n', wrong));

    /// <summary>What an assembly refers to beside the runtime: it lies beside the tests, even when its name begins with System.</summary>
    private static IEnumerable<string> Packages(string assembly) => TypeReferences.Assemblies(assembly)
        .Where(a => !a.StartsWith("System.", StringComparison.Ordinal) || File.Exists(Path.Combine(AppContext.BaseDirectory, $"{a}.dll")));
}
