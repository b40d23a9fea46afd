namespace Msgc.Reactive.Sessions;

/// <summary>A connection whose received runs fill outboxes, and which is not read while one of them stalls it.</summary>
internal interface IFeeder
{
    /// <summary>The group of the run that it tries to queue, for logs.</summary>
    string Group { get; }

    /// <summary>The stall is over: try again. Called once per refusal, from any thread; it only posts.</summary>
    void Retry();
}
