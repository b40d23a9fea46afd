namespace Msgc.Reactive;

/// <summary>A bounded hand-over was full and its form is the one that fails rather than drops. (contract, "§5")</summary>
public sealed class MsgcOverflowException : MsgcException
{
    /// <summary>Makes one.</summary>
    public MsgcOverflowException(int capacity)
        : base($"The observer fell behind: all {capacity} places of its queue were taken when the next element came.") => Capacity = capacity;

    /// <summary>How many elements the queue could hold.</summary>
    public int Capacity { get; }
}
