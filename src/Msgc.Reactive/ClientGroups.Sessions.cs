using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <content>The session there is, what it is told, and what its loss costs.</content>
internal sealed partial class ClientGroups
{
    private ClientSession? _session;

    /// <summary>
    /// A session begins. True: it is the one there is, is told what is joined and watched, and goes on with the queue. False: there is one,
    /// whose server stops, and the client moves from that to this one.
    /// </summary>
    public bool Attach(ClientSession session)
    {
        int dropped;
        lock (Gate)
        {
            if (_session is not null)
            {
                MoveTo(session);
                return false;
            }
            _session = session;
            var restore = new MemoryStream();
            foreach (var group in _active)
            {
                if (group.IsJoined)
                {
                    restore.Write(Frames.Named(FrameKind.Join, group.Bytes));
                    group.Here.Join();
                    group.Receive();
                }
                if (group.IsWatched) restore.Write(Frames.Named(FrameKind.Watch, group.Bytes));
            }
            restore.Write(Frames.Bare(FrameKind.Rejoined));
            dropped = Queue.Begin(session.Feed, restore.ToArray(), session.Server.MaxFrameBytes, session.Server.MessagesPerFrame);
            _states.Connected(session);
        }
        ReportTooLarge(dropped);
        return true;
    }

    /// <summary>
    /// A session is lost: each group whose join stood on it alone gets its gap, unless the client itself has ended. Null when that was not
    /// the session there is: a move has not come about then, or is over.
    /// </summary>
    public Loss? Detach(ClientSession session, bool isEnd)
    {
        Loss loss;
        lock (Gate)
        {
            if (session == _session) loss = isEnd || _move?.Next is null ? Lose(session) : LoseOld(session, _move);
            else if (_move is { } move && move.Next == session) loss = isEnd ? new Loss(null) : move.IsCut ? LoseBoth(session) : LoseNext(move);
            else return null;
            if (!isEnd) Tell(loss, session.Server.ServerName);
        }
        if (loss.Session is { } lost && lost != session) lost.Abort();
        ReportTooLarge(loss.TooLarge);
        if (loss.Messages > 0) Report(new MsgcDiagnostic(MsgcDiagnosticKind.PublishLost, null, loss.Messages, null));
        return loss.Session is null ? null : loss;
    }

    /// <summary>Sends the join of a group that has just become joined; where there is no session for it, the next one is told. Under the gate.</summary>
    public void SendJoin(MsgcGroup group)
    {
        Note(group);
        if (_move?.Next is { } next)
        {
            group.Next.Join();
            Queue.Control(next.Feed, Frames.Named(FrameKind.Join, group.Bytes));
        }
        else if (_session is { } session && _move is not { IsCut: true })
        {
            group.Here.Join();
            Queue.Control(session.Feed, Frames.Named(FrameKind.Join, group.Bytes));
        }
    }

    /// <summary>Sends the leave of a group that has just ceased to be joined, wherever it is. Under the gate.</summary>
    public void SendLeave(MsgcGroup group)
    {
        Note(group);
        if (group.Here.IsJoined)
        {
            var isCut = _move is { IsCut: true };
            if (!isCut) Queue.Control(_session!.Feed, Frames.Named(FrameKind.Leave, group.Bytes));
            group.Here.Leave(isSent: !isCut);
        }
        if (group.Next.IsJoined)
        {
            Queue.Control(_move!.Next!.Feed, Frames.Named(FrameKind.Leave, group.Bytes));
            group.Next.Leave(isSent: true);
            NoteJoined(group);
        }
    }

    /// <summary>Sends a watch or unwatch; where there is no session for it, the next one is told. Under the gate.</summary>
    public void SendWatch(FrameKind kind, MsgcGroup group)
    {
        Note(group);
        if (_session is { } session && _move is not { IsCut: true }) Queue.Control(session.Feed, Frames.Named(kind, group.Bytes));
    }

    private void Note(MsgcGroup group)
    {
        if (group.IsActive ? _active.Add(group) && _active.Count == 1 : _active.Remove(group) && _active.Count == 0) ActiveChanged?.Invoke(_active.Count > 0);
    }

    /// <summary>The only session is lost, or the client ends.</summary>
    private Loss Lose(ClientSession session)
    {
        var gaps = _active.Where(g => g.Here.Stands).ToArray();
        _session = null;
        _move = null;
        ForgetStandings();
        return new Loss(session) { Gaps = gaps, Messages = Queue.Lose(session.Feed) };
    }

    /// <summary>Those just left, too: the acknowledgements that they wait for will not come.</summary>
    private void ForgetStandings()
    {
        foreach (var (_, group) in _groups)
        {
            group.Here = default;
            group.LoseNext();
        }
    }

    /// <summary>Posted under the gate: another session may come at once, and what is told of it comes behind this.</summary>
    private void Tell(Loss loss, string server)
    {
        if (loss.Gaps.Length > 0 || loss.Moved is not null)
        {
            Turn.Post(() =>
            {
                foreach (var group in loss.Gaps) group.Push(new MsgcGap(group.Name, MsgcGapCause.ConnectionLost, null, null, server));
                if (loss.Moved is { } moved) Release(moved);
            });
        }
        if (loss.Session is { } lost) _states.Lost(lost, loss.Messages);
        if (loss.Moved?.Next is { } next) _states.Connected(next);
    }

    private void ReportTooLarge(int dropped)
    {
        if (dropped > 0) Report(new MsgcDiagnostic(MsgcDiagnosticKind.TooLargeDropped, null, dropped, null));
    }

    private void Continue()
    {
        ClientSession? session, next;
        lock (Gate) (session, next) = (_session, _move?.Next);
        session?.Continue();
        next?.Continue();
    }

    /// <summary>What the end of a session costs.</summary>
    /// <param name="Session">The lost session; null when the client has another one.</param>
    internal sealed record Loss(ClientSession? Session)
    {
        /// <summary>Groups whose join stood on what was lost.</summary>
        public MsgcGroup[] Gaps { get; init; } = [];

        /// <summary>Messages handed to it and not acknowledged.</summary>
        public long Messages { get; init; }

        /// <summary>Messages that the session taking over does not take.</summary>
        public int TooLarge { get; init; }

        /// <summary>The move that the loss has finished; its next session takes over.</summary>
        public Move? Moved { get; init; }
    }
}
