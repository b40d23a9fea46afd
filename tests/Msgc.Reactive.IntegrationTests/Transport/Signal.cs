using System.Runtime.CompilerServices;

namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>Something a test waits for, with a generous deadline that fails it.</summary>
internal sealed class Signal
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsSet => _source.Task.IsCompleted;

    public void Set() => _source.TrySetResult();

    public TaskAwaiter GetAwaiter() => _source.Task.WaitAsync(CheckingHandler.Patience).GetAwaiter();
}
