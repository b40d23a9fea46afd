// source              --a1-b1-a2-b2-c1-a3-----b3--|
// observer busy         [a1              ]
// by letter           --a1----------------b2a3c1-b3--|      superseded: b1 a2   (b came first since a was last delivered)

using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Msgc.Reactive.Operators;

public static partial class MsgcObservable
{
    /// <summary>
    /// Hands elements over to the scheduler and keeps, while the observer is busy, only the latest of each key (contract, "§5"). Keys go
    /// out in the order in which they first arrived since their last delivery; at most 20 elements in one scheduled action. What waits
    /// is bounded by the number of keys. The end comes after all that waits.
    /// </summary>
    /// <param name="source">Never waits for the observer.</param>
    /// <param name="keySelector">Called on the source's thread; what it throws ends the sequence as the source's error would.</param>
    /// <param name="scheduler">Where the elements are observed.</param>
    /// <param name="comparer">For the keys; null means their own equality. Used on the source's thread only.</param>
    /// <param name="onSuperseded">Called for each element replaced by a later one, on the source's thread; what it throws goes to the source.</param>
    public static IObservable<T> Conflate<T, TKey>(
        this IObservable<T> source,
        Func<T, TKey> keySelector,
        IScheduler scheduler,
        IEqualityComparer<TKey>? comparer = null,
        Action<T>? onSuperseded = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(scheduler);
        return Observable.Create<T>(observer => new ConflatingHandover<T, TKey>(observer, scheduler, keySelector, comparer, onSuperseded).Run(source));
    }

    // The dictionary is the source's alone, so that keys are compared under no lock; the observing side hands back what it took.
    private sealed class ConflatingHandover<T, TKey>(
        IObserver<T> observer,
        IScheduler scheduler,
        Func<T, TKey> keySelector,
        IEqualityComparer<TKey>? comparer,
        Action<T>? onSuperseded) : Handover<T>(observer, scheduler)
        where TKey : notnull
    {
        private readonly Dictionary<TKey, Waiting> _byKey = new(comparer);
        private readonly ConcurrentQueue<Waiting> _order = new();
        private readonly ConcurrentQueue<Waiting> _taken = new();

        protected override bool IsEmpty => _order.IsEmpty;

        public override void OnNext(T value)
        {
            if (Stopped)
                return;
            if (!TrySelect(value, out var key))
                return;
            Forget();
            if (_byKey.TryGetValue(key, out var waiting) && waiting.TryReplace(value, out var superseded))
            {
                onSuperseded?.Invoke(superseded);
                return;
            }

            _byKey[key] = waiting = new Waiting(key, value);
            _order.Enqueue(waiting);
            Wake();
        }

        protected override bool TryTake([MaybeNullWhen(false)] out T value)
        {
            value = default;
            if (!_order.TryDequeue(out var waiting))
                return false;
            value = waiting.Take();
            _taken.Enqueue(waiting);
            return true;
        }

        private bool TrySelect(T value, [MaybeNullWhen(false)] out TKey key)
        {
            key = default;
            try
            {
                key = keySelector(value);
                return true;
            }
            catch (Exception error)
            {
                End(error);
                return false;
            }
        }

        /// <summary>Drops the keys that were delivered, unless they wait again.</summary>
        private void Forget()
        {
            while (_taken.TryDequeue(out var waiting))
            {
                if (_byKey.TryGetValue(waiting.Key, out var current) && ReferenceEquals(current, waiting))
                    _byKey.Remove(waiting.Key);
            }
        }

        /// <summary>One key's place in the order, with the latest element until that is taken.</summary>
        private sealed class Waiting(TKey key, T value)
        {
            private readonly Lock _gate = new();
            private T? _latest = value;
            private bool _isTaken;

            public TKey Key { get; } = key;

            public bool TryReplace(T newer, [MaybeNullWhen(false)] out T older)
            {
                lock (_gate)
                {
                    older = _latest!;
                    if (_isTaken)
                        return false;
                    _latest = newer;
                    return true;
                }
            }

            public T Take()
            {
                lock (_gate)
                {
                    var latest = _latest;
                    _latest = default;
                    _isTaken = true;
                    return latest!;
                }
            }
        }
    }
}
