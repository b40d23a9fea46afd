// thread 1   post a [a        ][b   ]
// thread 2          post b                 returns at once: thread 1 does it

namespace Msgc.Reactive.Operators;

/// <summary>
/// Does one step at a time, in the order posted, on whichever thread found it idle. What is posted from inside a step follows that step.
/// So a state has one writer although nothing runs under a lock. An exception leaves it stopped.
/// </summary>
internal sealed class Trampoline
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _steps = new();
    private bool _running;

    public void Post(Action step)
    {
        lock (_gate)
        {
            _steps.Enqueue(step);
            if (_running)
                return;
            _running = true;
        }

        while (TryTake(out var next))
            next();
    }

    private bool TryTake(out Action next)
    {
        lock (_gate)
        {
            _running = _steps.TryDequeue(out next!);
            return _running;
        }
    }
}
