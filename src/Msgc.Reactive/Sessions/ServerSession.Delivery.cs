using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <content>From a run to its recipients: room at all of them, then the run, then a word to send it.</content>
internal sealed partial class ServerSession
{
    /// <summary>When all that a turn queues is no more than this, nothing is gained by waking a thread that sends it.</summary>
    private const int LittleBytes = 1024;

    private ServerSession[] _fed = []; // they have got what they were not woken for yet
    private Load _unsent;
    private bool _hasWoken;

    /// <summary>
    /// Queues a run to all of its recipients, or to none: then one of them stalls us, and the run is gathered anew when it tells, since who
    /// is joined may have changed meanwhile.
    /// </summary>
    private bool TryDeliver(Frame frame, ref int left)
    {
        var limits = _settings.Outbox.Limits;
        var run = _gatherer.Gather(Inbox, frame, FarEnd!.Sender, limits.Run, MaxFrameBytes, out var recipients, out var wrong);
        if (run.Messages == 0)
        {
            Fail(MsgcCause.Protocol, $"Protocol error: {wrong}.");
            return true;
        }
        if (!TryReserve(recipients, run.Load)) return false;
        if (recipients != _fed || !_unsent.Fits(limits.Stretch)) WakeFed();
        _fed = recipients;
        _unsent += run.Load;
        run.Block!.AddReferences(recipients.Length);
        foreach (var recipient in recipients)
        {
            if (IsDeafToUs(recipient)) run.Block.Release();
            else recipient.Outbox.Enqueue(run);
        }
        Inbox.Consume(run.Length);
        left -= run.Messages;
        Traffic.Handled(run.Messages);
        if (_switchboard.IsCounting && FarEnd is ClientEnd) _gatherer.Count(run); // each message once in the whole mesh
        FarEnd.Handled(run.Messages);
        return true;
    }

    /// <summary>The turn is over: wakes whom it has fed, but for the one returned, if any, that is to send at once, outside of the turn.</summary>
    private Outbox? EndFeeding()
    {
        var last = LastOfLittle();
        WakeFed(but: last);
        _hasWoken = false;
        return last;
    }

    /// <summary>Recipients send what this turn has queued to them: once for many runs, or a send would hold one run.</summary>
    /// <param name="but">This one sends at once.</param>
    private void WakeFed(Outbox? but = null)
    {
        foreach (var recipient in _fed)
        {
            if (recipient.Outbox != but) recipient.Outbox.Wake();
        }
        _hasWoken |= _fed.Length > 0;
        _fed = [];
        _unsent = default;
    }

    /// <summary>Who sends at once what was queued to it, since it was all and little; null when nobody does.</summary>
    private Outbox? LastOfLittle()
    {
        if (_hasWoken || _unsent.Bytes > LittleBytes) return null;
        for (var i = _fed.Length - 1; i >= 0; i--)
        {
            if (!IsDeafToUs(_fed[i])) return _fed[i].Outbox;
        }
        return null;
    }

    /// <summary>True for ourselves when the client asked for no echo.</summary>
    private bool IsDeafToUs(ServerSession recipient) => recipient == this && FarEnd!.NoEcho;

    /// <summary>Reserves room at all recipients, or at none.</summary>
    private bool TryReserve(ServerSession[] recipients, Load load)
    {
        for (var i = 0; i < recipients.Length; i++)
        {
            if (IsDeafToUs(recipients[i]) || recipients[i].Outbox.TryReserve(load, this)) continue;
            for (var j = 0; j < i; j++)
            {
                if (!IsDeafToUs(recipients[j])) recipients[j].Outbox.Unreserve(load);
            }
            // The others' stalls begin now, too, so that several stuck recipients hold us once and not one after the other.
            for (var j = i + 1; j < recipients.Length; j++)
            {
                if (!IsDeafToUs(recipients[j]) && recipients[j].Outbox.TryReserve(load, this)) recipients[j].Outbox.Unreserve(load);
            }
            return false;
        }
        return true;
    }
}
