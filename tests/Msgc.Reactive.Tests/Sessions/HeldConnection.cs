using Msgc.Reactive.Framing;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.Tests.Sessions;

/// <summary>Takes batches and answers when told.</summary>
internal sealed class HeldConnection : IMsgcConnection
{
    public List<(int Messages, List<FrameKind> Kinds)> Batches { get; } = [];

    public Action Sent { get; set; } = () => { };

    /// <summary>Answers from within the send.</summary>
    public bool AnswersAtOnce { get; set; }

    public string RemoteAddress => "test";

    public void Complete() => Sent();

    public void Send(IList<ArraySegment<byte>> batch)
    {
        var kinds = new List<FrameKind>();
        foreach (var segment in batch)
        {
            for (var rest = segment.AsSpan(); rest.Length > 0 && Frame.TryRead(rest, int.MaxValue, out var frame, out _) == FrameStatus.Complete;)
            {
                kinds.Add(frame.Kind);
                rest = rest[frame.Bytes.Length..];
            }
        }
        Batches.Add((kinds.Count(k => k == FrameKind.Message), kinds));
        if (AnswersAtOnce) Sent();
    }

    public void Start(IMsgcConnectionHandler handler)
    {
    }

    public void Pause()
    {
    }

    public void Resume()
    {
    }

    public void Abort(MsgcCause cause)
    {
    }
}
