using System.Reactive.Concurrency;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Testing.Cluster;

/// <summary>What one program, a server or a client, is given from its start to its end.</summary>
internal sealed record ProgramEnvironment(
    string Host, ProgramScheduler Clock, IMsgcTransport Transport, Func<ulong> Entropy, Lanes Lanes, Violations Violations)
{
    /// <summary>The program's scheduler: a layer that looks for late work only where that is checked.</summary>
    public IScheduler Scheduler => Violations.ChecksQuiet ? Clock : Clock.Inner;
}
