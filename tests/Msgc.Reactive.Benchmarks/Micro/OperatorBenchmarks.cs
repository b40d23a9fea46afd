using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Threading.Channels;
using BenchmarkDotNet.Attributes;
using Msgc.Reactive.Benchmarks.Costs;
using Msgc.Reactive.Operators;

namespace Msgc.Reactive.Benchmarks.Micro;

/// <summary>One element through each operator, on top of a subject's own cost. What is handed over is taken from a scheduler in the same thread, a hundred at a time.</summary>
public class OperatorBenchmarks
{
    private const int Elements = 100;
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly Pump _pump = new();
    private Subject<int> _source = new();
    private IDisposable _subscription = System.Reactive.Disposables.Disposable.Empty;
    private long _sum;

    [GlobalSetup(Target = nameof(Subject))]
    public void SetupSubject() => Compose(source => source);

    [GlobalSetup(Target = nameof(KeepAlive))]
    public void SetupKeepAlive() => Compose(source => source.KeepAlive(Never, () => { }, DefaultScheduler.Instance));

    [GlobalSetup(Target = nameof(IdleTimeout))]
    public void SetupIdleTimeout() => Compose(source => source.IdleTimeout(Never, DefaultScheduler.Instance));

    [GlobalSetup(Target = nameof(Within))]
    public void SetupWithin() => Compose(source => source.Within(Never, DefaultScheduler.Instance));

    [GlobalSetup(Target = nameof(Alive))]
    public void SetupAlive() => Compose(source => source
        .Alive(x => _sum += x, Observable.Never<Unit>(), () => { }, Observable.Return(Never), Observable.Return(Never), DefaultScheduler.Instance).Select(_ => 0));

    [GlobalSetup(Target = nameof(ObserveOnBounded))]
    public void SetupBounded() => Compose(source => source.ObserveOnBounded(2 * Elements, BoundedChannelFullMode.DropOldest, _pump));

    [GlobalSetup(Target = nameof(ObserveOnBoundedOrFail))]
    public void SetupOrFail() => Compose(source => source.ObserveOnBoundedOrFail(2 * Elements, _pump));

    [GlobalSetup(Target = nameof(Conflate))]
    public void SetupConflate() => Compose(source => source.Conflate(x => x, _pump));

    [GlobalCleanup]
    public void Cleanup()
    {
        _subscription.Dispose();
        _pump.Run();
    }

    [Benchmark(OperationsPerInvoke = Elements, Baseline = true)]
    public long Subject() => Push();

    [Benchmark(OperationsPerInvoke = Elements)]
    public long KeepAlive() => Push();

    [Benchmark(OperationsPerInvoke = Elements)]
    public long IdleTimeout() => Push();

    [Benchmark(OperationsPerInvoke = Elements)]
    public long Within() => Push();

    [Benchmark(OperationsPerInvoke = Elements)]
    public long Alive() => Push();

    [Benchmark(OperationsPerInvoke = Elements)]
    public long ObserveOnBounded() => Push();

    [Benchmark(OperationsPerInvoke = Elements)]
    public long ObserveOnBoundedOrFail() => Push();

    [Benchmark(OperationsPerInvoke = Elements)]
    public long Conflate() => Push();

    private void Compose(Func<IObservable<int>, IObservable<int>> compose)
    {
        _source = new Subject<int>();
        _subscription = compose(_source).Subscribe(x => _sum += x);
    }

    private long Push()
    {
        for (var i = 0; i < Elements; i++) _source.OnNext(i);
        _pump.Run();
        return _sum;
    }
}
