using Msgc.Reactive;

namespace Msgc.Tool;

/// <summary>Prints what happens in groups: messages, and views when wanted, on standard output; gaps on standard error.</summary>
internal sealed class Printer(LineOutput output, LineFormat format, bool members, long? count) : IObserver<MsgcGroupEvent>
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _printed;

    /// <summary>Completes when as many messages as wanted are printed; faults with what ends the group.</summary>
    public Task Finished => _finished.Task;

    public void OnNext(MsgcGroupEvent value)
    {
        if (_printed == count) return;
        if (value.TryGetMessage(out var message))
        {
            output.Write(message, format.Message);
            if (++_printed != count) return;
            output.Flush();
            _finished.TrySetResult();
        }
        else if (value.Gap is { } gap)
        {
            Notice.Say(Describe(gap));
        }
        else if (members)
        {
            output.Write(value.View!, format.View);
        }
    }

    public void OnError(Exception error) => _finished.TrySetException(error);

    public void OnCompleted() => _finished.TrySetResult();

    private static string Describe(MsgcGap gap)
    {
        var what = gap.Count is { } missing ? $"up to {missing} messages are missing" : "messages may be missing";
        var from = gap.Sender is { } sender ? $" from {sender}" : "";
        var server = gap.Server is { } name ? $" {name}" : "";
        var why = gap.Cause switch
        {
            MsgcGapCause.ConnectionLost => $": the connection to{server} was lost",
            MsgcGapCause.LinkLost => $": the link to{server} was lost, or has come up again",
            _ => "",
        };
        return $"gap in {gap.Group}: {what}{from}{why}";
    }
}
