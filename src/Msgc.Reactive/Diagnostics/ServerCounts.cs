namespace Msgc.Reactive.Diagnostics;

/// <summary>What a server counts beside traffic, since its start: rare events, from any thread.</summary>
internal sealed class ServerCounts
{
    private readonly long[] _ends = new long[Enum.GetValues<MsgcCause>().Length];
    private long _accepted;
    private long _refused;
    private long _joins;
    private long _leaves;
    private long _views;
    private long _gaps;

    public long Accepted => Interlocked.Read(ref _accepted);

    public long Refused => Interlocked.Read(ref _refused);

    public long Joins => Interlocked.Read(ref _joins);

    public long Leaves => Interlocked.Read(ref _leaves);

    /// <summary>View frames sent to clients.</summary>
    public long Views => Interlocked.Read(ref _views);

    /// <summary>Gaps of lost and new links told to clients.</summary>
    public long Gaps => Interlocked.Read(ref _gaps);

    public void Accept() => Interlocked.Increment(ref _accepted);

    public void Refuse() => Interlocked.Increment(ref _refused);

    public void Join() => Interlocked.Increment(ref _joins);

    public void Leave() => Interlocked.Increment(ref _leaves);

    public void View() => Interlocked.Increment(ref _views);

    public void Gap() => Interlocked.Increment(ref _gaps);

    public void End(MsgcCause cause) => Interlocked.Increment(ref _ends[(int)cause]);

    /// <summary>Connections that ended with that cause.</summary>
    public long Ends(MsgcCause cause) => Interlocked.Read(ref _ends[(int)cause]);
}
