using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <content>The handshake: a client is let in, or told why not.</content>
internal sealed partial class ServerSession
{
    /// <summary>Looks for the client's hello; true once it was taken and welcomed.</summary>
    private bool TryWelcome()
    {
        if (_refused) Inbox.Consume(Inbox.Unread.Length);
        if (_refused || !TryRead(out var frame)) return false;
        if (!HelloFrame.TryReadVersions(frame, out var lowest, out var highest))
        {
            Fail(MsgcCause.Protocol, "Protocol error: the first frame is no hello.");
            return false;
        }
        if (lowest > HelloFrame.Version || highest < HelloFrame.Version)
        {
            Refuse($"The client speaks protocol versions {lowest} to {highest}, this server {HelloFrame.Version}.", final: true);
            return false;
        }
        var hello = HelloFrame.Read(frame, out var reason);
        if (hello is null)
        {
            Fail(MsgcCause.Protocol, $"Protocol error: {reason}.");
            return false;
        }
        if (_settings.Authorize(hello) is { } refusal)
        {
            Refuse(refusal, final: true);
            return false;
        }
        Client = hello;
        Inbox.Consume(frame.Bytes.Length);
        Sender.Urgent(_settings.Welcome().Write());
        Establish(hello.IdleTimeout);
        Begin();
        return true;
    }

    /// <summary>Says no; the far end closes, or the connect timeout does.</summary>
    private void Refuse(string reason, bool final)
    {
        _settings.Refused(this, reason);
        Sender.Urgent(new RefusedFrame(reason, final).Write());
        _refused = true;
    }
}
