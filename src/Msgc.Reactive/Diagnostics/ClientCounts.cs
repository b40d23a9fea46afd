namespace Msgc.Reactive.Diagnostics;

/// <summary>What a client counts beside traffic, since it was made: rare events, from any thread.</summary>
internal sealed class ClientCounts
{
    private readonly long[] _diagnostics = new long[Enum.GetValues<MsgcDiagnosticKind>().Length];
    private long _sessions;
    private long _joins;
    private long _gaps;
    private long _missing;

    /// <summary>Sessions established after the first.</summary>
    public long Reconnects => Math.Max(0, Interlocked.Read(ref _sessions) - 1);

    /// <summary>Joins acknowledged.</summary>
    public long Joins => Interlocked.Read(ref _joins);

    /// <summary>Gaps in what was joined.</summary>
    public long Gaps => Interlocked.Read(ref _gaps);

    /// <summary>Messages that counted gaps stand for.</summary>
    public long Missing => Interlocked.Read(ref _missing);

    public void Session() => Interlocked.Increment(ref _sessions);

    public void Join() => Interlocked.Increment(ref _joins);

    public void Gap(long? missing)
    {
        Interlocked.Increment(ref _gaps);
        Interlocked.Add(ref _missing, missing ?? 0);
    }

    /// <summary>One diagnostic; where it concerns messages, these are counted.</summary>
    public void Diagnose(MsgcDiagnostic diagnostic) => Interlocked.Add(ref _diagnostics[(int)diagnostic.Kind], Math.Max(1, diagnostic.Count));

    /// <summary>Messages, or occurrences where there are none, of that kind.</summary>
    public long Diagnosed(MsgcDiagnosticKind kind) => Interlocked.Read(ref _diagnostics[(int)kind]);
}
