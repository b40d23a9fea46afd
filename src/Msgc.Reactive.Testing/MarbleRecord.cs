using System.Reactive.Concurrency;

namespace Msgc.Reactive.Testing;

/// <summary>What a sequence has done since <see cref="Marbles.Record(IObservable{char})"/>, as a marble diagram. Disposal ends the subscription.</summary>
/// <remarks>
/// What comes up to a hundredth of a frame late counts as in time, since a hop costs a tick under <c>TestScheduler</c>. What comes between
/// two frames is marked by a <c>~</c> before it, which no diagram that can be expected has.
/// </remarks>
public sealed class MarbleRecord : IDisposable
{
    private readonly VirtualTimeSchedulerBase<long, long> _scheduler;
    private readonly TimeSpan _frame;
    private readonly long _start;
    private readonly List<(TimeSpan Time, char Sign)> _marks = [];

    internal MarbleRecord(VirtualTimeSchedulerBase<long, long> scheduler, TimeSpan frame)
    {
        _scheduler = scheduler;
        _frame = frame;
        _start = scheduler.Clock;
    }

    /// <summary>The error that ended it, or null.</summary>
    public Exception? Error { get; private set; }

    internal IDisposable? Subscription { get; set; }

    /// <summary>Fails unless the sequence has done just this so far.</summary>
    /// <param name="diagram">What is expected.</param>
    /// <exception cref="InvalidOperationException">It has not; the message has both diagrams, one below the other.</exception>
    /// <exception cref="FormatException">The diagram cannot be read.</exception>
    public void ShouldBe(string diagram)
    {
        string expected = MarbleDiagram.Parse(diagram, _frame).ToString(), seen = ToString();
        if (seen != expected)
            throw new InvalidOperationException($"The sequence is not what it should be.{Environment.NewLine}expected  {expected}{Environment.NewLine}seen      {seen}{(Error is null ? "" : $"{Environment.NewLine}error     {Error}")}");
    }

    /// <summary>The diagram so far.</summary>
    public override string ToString() => new MarbleDiagram(_marks, TimeSpan.Zero, _frame).ToString();

    /// <inheritdoc/>
    public void Dispose() => Subscription?.Dispose();

    internal void Add(char sign) => _marks.Add((TimeSpan.FromTicks(_scheduler.Clock - _start), sign));

    internal void Fail(Exception error)
    {
        Error = error;
        Add(MarbleDiagram.Error);
    }
}
