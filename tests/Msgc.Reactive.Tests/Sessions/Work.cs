namespace Msgc.Reactive.Tests.Sessions;

/// <summary>A turn that does what a test wants.</summary>
internal sealed class Work(Action work) : IThreadPoolWorkItem
{
    public void Execute() => work();
}
