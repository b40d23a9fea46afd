using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Msgc.Reactive.Testing;

/// <summary>
/// Sequences made of marble diagrams, and sequences written down as such, on any virtual-time scheduler; no cluster is needed.
/// <code>
/// var marbles = new Marbles(scheduler);                              // a frame is 10 ms
/// var typed   = marbles.Hot("a-b-c 300ms d----------|");
/// var seen    = marbles.Record(typed.Throttle(TimeSpan.FromMilliseconds(50), scheduler));
/// scheduler.AdvanceBy(TimeSpan.FromSeconds(1).Ticks);
/// seen.ShouldBe(           "---------c 300ms d-----|");              // if not, it fails with both diagrams
/// </code>
/// </summary>
/// <remarks>
/// <para><c>-</c> lets a frame pass. A letter, digit or other sign is an element, and takes a frame. <c>(ab)</c> are several on one tick,
/// which together take one frame. <c>|</c> is the completion, <c>#</c> an error, <c>^</c> the moment at which a hot sequence begins to be
/// told: what is to the left of it has passed. A number with <c>ms</c>, <c>s</c> or <c>m</c>, between spaces, lets that time pass. Other
/// spaces mean nothing.</para>
/// </remarks>
/// <param name="scheduler">Its time; one tick is 100 ns.</param>
/// <param name="frame">What a character takes; default 10 ms.</param>
public sealed class Marbles(VirtualTimeSchedulerBase<long, long> scheduler, TimeSpan? frame = null)
{
    private readonly TimeSpan _frame = frame is not { } given ? TimeSpan.FromMilliseconds(10)
        : given > TimeSpan.Zero ? given : throw new ArgumentOutOfRangeException(nameof(frame), given, "A frame takes some time.");

    /// <summary>A sequence that begins anew for each subscriber; its elements are the diagram's characters.</summary>
    /// <exception cref="FormatException">The diagram cannot be read; the message names the column and what would be right.</exception>
    public IObservable<char> Cold(string diagram) => Cold(diagram, static c => c, null);

    /// <summary>A sequence that begins anew for each subscriber.</summary>
    /// <param name="diagram">The diagram.</param>
    /// <param name="value">The element that a character stands for.</param>
    /// <param name="error">What <c>#</c> stands for; null for an <see cref="InvalidOperationException"/>.</param>
    /// <exception cref="FormatException">The diagram cannot be read; the message names the column and what would be right.</exception>
    public IObservable<T> Cold<T>(string diagram, Func<char, T> value, Exception? error)
    {
        ArgumentNullException.ThrowIfNull(value);
        var parsed = MarbleDiagram.Parse(diagram, _frame);
        if (parsed.Start != TimeSpan.Zero) throw new FormatException($"'{diagram}' has a '^', which is for hot sequences: a cold one begins with its subscriber.");
        return Observable.Create<T>(observer => Play(parsed, observer, value, error));
    }

    /// <summary>A sequence that runs from now on, subscribers or not; its elements are the diagram's characters.</summary>
    /// <exception cref="FormatException">The diagram cannot be read; the message names the column and what would be right.</exception>
    public IObservable<char> Hot(string diagram) => Hot(diagram, static c => c, null);

    /// <summary>A sequence that runs from now on, subscribers or not.</summary>
    /// <inheritdoc cref="Cold{T}(string, Func{char, T}, Exception?)"/>
    public IObservable<T> Hot<T>(string diagram, Func<char, T> value, Exception? error)
    {
        ArgumentNullException.ThrowIfNull(value);
        var subject = new Subject<T>();
        Play(MarbleDiagram.Parse(diagram, _frame), subject, value, error);
        return subject.AsObservable();
    }

    /// <summary>Subscribes now, and writes down what comes.</summary>
    public MarbleRecord Record(IObservable<char> source) => Record(source, static c => c);

    /// <summary>Subscribes now, and writes down what comes.</summary>
    /// <param name="source">The sequence.</param>
    /// <param name="sign">The character that an element is written as.</param>
    public MarbleRecord Record<T>(IObservable<T> source, Func<T, char> sign)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(sign);
        var record = new MarbleRecord(scheduler, _frame);
        record.Subscription = source.Subscribe(value => record.Add(sign(value)), record.Fail, () => record.Add(MarbleDiagram.Completion));
        return record;
    }

    private IDisposable Play<T>(MarbleDiagram diagram, IObserver<T> observer, Func<char, T> value, Exception? error)
    {
        var all = new CompositeDisposable();
        foreach (var (time, sign) in diagram.Marks.Where(mark => mark.Time >= diagram.Start))
        {
            all.Add(scheduler.Schedule(time - diagram.Start, () =>
            {
                if (sign == MarbleDiagram.Completion) observer.OnCompleted();
                else if (sign == MarbleDiagram.Error) observer.OnError(error ?? new InvalidOperationException("The diagram's error."));
                else observer.OnNext(value(sign));
            }));
        }
        return all;
    }
}
