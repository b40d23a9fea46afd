using Msgc.Reactive.Framing;

namespace Msgc.Reactive.Sessions;

/// <content>The sessions that drain it, one after the other: what is queued for each, what each has taken, and what it answers for.</content>
internal sealed partial class PublishQueue
{
    /// <summary>Queues a control frame for that session, in the data's order if it has the data; none is kept for a later one.</summary>
    public void Control(PublishFeed feed, byte[] frame)
    {
        using (_gate.Enter())
        {
            if (_feed == feed && !feed.IsDetached) AppendControl(frame);
            else feed.Prologue.Enqueue(frame);
        }
        feed.Sender.Wake();
    }

    /// <summary>Queues control frames for that session, ahead of the data.</summary>
    public void ControlFirst(PublishFeed feed, byte[] frames)
    {
        using (_gate.Enter())
        {
            if (frames.Length > 0) feed.Prologue.Enqueue(frames);
        }
        feed.Sender.Wake();
    }

    /// <summary>The session gets no more data; its last words are these, and a flush behind all that it took.</summary>
    public void Detach(PublishFeed feed, byte[] lastWords)
    {
        using (_gate.Enter())
        {
            if (_feed != feed) return;
            feed.IsDetached = true;
            foreach (var run in TakeAll())
            {
                if (IsForAnySession(run))
                {
                    _closedRuns.Enqueue(run);
                    continue;
                }
                feed.Prologue.Enqueue(run.Bytes.ToArray());
                run.Block!.Release();
            }
            feed.Prologue.Enqueue([.. lastWords, .. Frames.Number(FrameKind.Flush, FlushLedger.LastFlush)]);
        }
        feed.Sender.Wake();
    }

    /// <summary>
    /// A new session drains the queue from now on, after the frames that restore what was joined. Returns how many queued messages were
    /// dropped, since they are too large for this server.
    /// </summary>
    public int Begin(PublishFeed feed, byte[] restore, int maxFrameBytes, int messagesPerFrame)
    {
        var dropped = 0;
        using (var inside = _gate.Enter())
        {
            if (_closed is not null) return 0;
            var rest = TakeAll();
            maxFrameBytes = (int)Math.Min(maxFrameBytes, limits().Full.Bytes);
            var filter = maxFrameBytes < MaxFrameBytes;
            MaxFrameBytes = maxFrameBytes;
            _messagesPerFrame = messagesPerFrame;
            if (restore.Length > 0) _closedRuns.Enqueue(Run.Control(restore));
            foreach (var frame in _flushes.ToResend()) _closedRuns.Enqueue(Run.Control(frame));
            foreach (var run in rest)
            {
                if (filter && run.Messages > 0) dropped += RequeueSmall(run);
                else _closedRuns.Enqueue(run);
            }
            if (filter) RefuseLarge(inside);
            Admit(inside);
            _feed = feed;
        }
        feed.Sender.Wake();
        return dropped;
    }

    /// <summary>The session is lost: forgets its control frames and says how many messages were handed but not acknowledged.</summary>
    public long Lose(PublishFeed feed)
    {
        using var inside = _gate.Enter();
        if (_feed != feed) return 0;
        _feed = null;
        _used -= feed.Taken;
        foreach (var run in TakeAll())
        {
            if (IsForAnySession(run)) _closedRuns.Enqueue(run);
            else run.Block!.Release();
        }
        Admit(inside);
        return _flushes.Lose(inside);
    }

    public void Acknowledge(PublishFeed feed, ulong handled)
    {
        using var inside = _gate.Enter();
        if (_feed == feed) _flushes.Acknowledge(handled);
    }

    public void Flushed(PublishFeed feed, ulong id, ulong handled)
    {
        using var inside = _gate.Enter();
        if (_feed == feed) _flushes.Flushed(id, handled, inside);
    }

    internal bool TryTake(PublishFeed feed, int maxMessages, out Run run)
    {
        using (_gate.Enter())
        {
            run = default;
            if (feed.Prologue.TryDequeue(out var frame))
            {
                run = Run.Control(frame);
                return true;
            }
            if (_feed != feed || feed.IsDetached) return false;
            if (_head.Length == 0 && !_closedRuns.TryDequeue(out _head))
            {
                if (_openMessages == 0) return false;
                _head = TakeOpen();
            }
            run = _head.Cut(maxMessages, out _head);
            feed.Taken += run.Load;
            _flushes.Taken(run);
            return true;
        }
    }

    internal bool HasNothingFor(PublishFeed feed)
    {
        using (_gate.Enter())
        {
            return feed.Prologue.Count == 0 && (_feed != feed || feed.IsDetached || (_head.Length == 0 && _closedRuns.Count == 0 && _openMessages == 0));
        }
    }

    internal void DropPrologue(PublishFeed feed)
    {
        using (_gate.Enter()) feed.Prologue.Clear();
    }

    internal void Handed(PublishFeed feed, Load load)
    {
        if (load.Messages == 0) return;
        if (!dispatcher.OnUsersScheduler) Volatile.Write(ref _handedAt, _clock.Elapsed.Ticks);
        using var inside = _gate.Enter();
        if (_feed != feed) return;
        feed.Taken -= load;
        _used -= load;
        Admit(inside);
    }

    private static bool IsForAnySession(Run run) => run.Messages > 0 || FlushLedger.IsFlush(run.Bytes);
}
