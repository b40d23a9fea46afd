namespace Msgc.Reactive.Testing;

/// <summary>What a <see cref="TestCluster"/> watches beside the test's own assertions; <see cref="TestCluster.Verify"/> tells.</summary>
[Flags]
public enum TestChecks
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The Rx grammar of every sequence of the library that anybody subscribes to. (<see cref="RxGrammar"/>)</summary>
    Grammar = 1,

    /// <summary>That a server or client schedules nothing any more once it is disposed.</summary>
    Quiet = 2,

    /// <summary>All of them.</summary>
    All = Grammar | Quiet,
}
