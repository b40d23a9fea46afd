using System.Reactive.Concurrency;
using Msgc.Reactive;

namespace Msgc.Tool.Top;

/// <summary>Gathers what the servers report. Thread-safe.</summary>
internal sealed class TopWatch(IStopwatch clock) : IObserver<MsgcMessage>
{
    private readonly Lock _gate = new();
    private readonly ClusterFigures _figures = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first report; faults with what ends the group.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Completes once there are rates of all servers that are not lost; faults with what ends the group.</summary>
    public Task Complete => _complete.Task;

    /// <summary>Completes when nothing more comes; faults with what ends the group.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Gives the figures and the time to a reader, while nothing changes them.</summary>
    public void Read(Action<ClusterFigures, double> reader)
    {
        lock (_gate) reader(_figures, clock.Elapsed.TotalSeconds);
    }

    public void OnNext(MsgcMessage value)
    {
        if (StatisticsReport.Read(value.Payload) is not { } report) return;
        lock (_gate)
        {
            var time = clock.Elapsed.TotalSeconds;
            _figures.Add(report, time);
            if (_figures.IsComplete(time)) _complete.TrySetResult();
        }
        _begun.TrySetResult();
    }

    public void OnError(Exception error)
    {
        _begun.TrySetException(error);
        _complete.TrySetException(error);
        _ended.TrySetException(error);
    }

    /// <summary>The client is disposed: whoever waits for figures has been told to end.</summary>
    public void OnCompleted() => _ended.TrySetResult();
}
