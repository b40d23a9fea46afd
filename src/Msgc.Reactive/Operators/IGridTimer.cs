namespace Msgc.Reactive.Operators;

/// <summary>What waits on the <see cref="TimerGrid"/>.</summary>
internal interface IGridTimer
{
    /// <summary>Its time has come, if the generation is still the one that waits.</summary>
    void Fire(int generation);
}
