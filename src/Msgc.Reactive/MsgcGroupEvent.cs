
namespace Msgc.Reactive;

/// <summary>A message, a view or a gap: what happens in a group, in the one order in which it arrived.</summary>
public readonly record struct MsgcGroupEvent
{
    private readonly MsgcMessage _message;

    internal MsgcGroupEvent(MsgcMessage message) => _message = message;

    internal MsgcGroupEvent(MsgcView view) => View = view;

    internal MsgcGroupEvent(MsgcGap gap) => Gap = gap;

    /// <summary>The message, when it is one.</summary>
    public MsgcMessage? Message => View is null && Gap is null ? _message : null;

    /// <summary>The view, when it is one.</summary>
    public MsgcView? View { get; }

    /// <summary>The gap, when it is one.</summary>
    public MsgcGap? Gap { get; }

    /// <summary>True, with the message, when it is one.</summary>
    public bool TryGetMessage(out MsgcMessage message)
    {
        message = _message;
        return View is null && Gap is null;
    }

    /// <summary>For logs; a payload is shown by its length only.</summary>
    public override string ToString() => View?.ToString() ?? Gap?.ToString() ?? $"{_message.Group}: {_message.Payload.Length} bytes, {_message.Sender} #{_message.Number}";
}
