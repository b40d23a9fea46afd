namespace Msgc.Reactive.Sessions;

/// <summary>The options that a client's groups go by; read at each use, since they may change while it lives.</summary>
/// <param name="IdleTimeout">Half of how long a silent sender's numbers are remembered.</param>
/// <param name="StallTimeout">How long an observer may hold the reading before waits fail.</param>
/// <param name="Limits">What may be held during a move to another server.</param>
/// <param name="DrainTimeout">How long a move to another server may take.</param>
/// <param name="HasAnother">Whether the list of servers has another one than this.</param>
internal sealed record ClientRules(
    Func<TimeSpan> IdleTimeout, Func<TimeSpan> StallTimeout, Func<BacklogLimits> Limits, Func<TimeSpan> DrainTimeout, Func<MsgcEndpoint, bool> HasAnother);
