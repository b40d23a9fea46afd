using System.Reactive.Concurrency;
using Msgc.Reactive.Framing;
using Msgc.Reactive.Sessions;

namespace Msgc.Reactive;

/// <content>
/// The move from a server that stops to the next one (contract, "§6"): the old session goes on; the next one joins, and what it brings is
/// held; when all is joined there the old one is told to leave and to flush; when that is answered it has brought everything, and the next
/// one takes over. With no other server in the list the old one is left just so, and ends.
/// </content>
internal sealed partial class ClientGroups
{
    private Move? _move;

    /// <summary>Raised inside the turn when the client has come to another server without a loss; for the log.</summary>
    public event Action<ClientSession>? Moved;

    public void OnDraining(ClientSession session)
    {
        var hasAnother = _rules.HasAnother(session.Endpoint);
        lock (Gate)
        {
            if (_session != session || _move is not null) return;
            Volatile.Write(ref _move, new Move());
            if (!hasAnother) Cut(_move);
        }
        if (hasAnother) session.Leave();
        // A server that has gone mute would withhold what the next one brings for as long as nobody notices.
        Dispatcher.Scheduler.Schedule((this, session), _rules.DrainTimeout(), static (_, state) =>
        {
            if (state.Item1.IsMovingFrom(state.session)) state.session.Fail(MsgcCause.Draining, "The server has not let this client go within the drain timeout.");
            return System.Reactive.Disposables.Disposable.Empty;
        });
    }

    public void OnJoined(ClientSession session, ReadOnlySpan<byte> group, bool isComplete)
    {
        if (_byBytes.TryGetValue(group, out var joined)) joined.OnJoined(session, isComplete);
    }

    public void OnLeft(ClientSession session, ReadOnlySpan<byte> group)
    {
        if (_byBytes.TryGetValue(group, out var left)) left.OnLeft(session);
    }

    public void OnDrained(ClientSession session)
    {
        Move move;
        Loss? loss = null;
        lock (Gate)
        {
            if (_session != session || _move is not { IsCut: true } cut) return;
            move = cut;
            if (move.Next is not null)
            {
                loss = LoseOld(session, move);
                _states.Connected(move.Next);
            }
        }
        if (loss is null)
        {
            session.Fail(MsgcCause.Draining, "The server is stopping.");
            return;
        }
        session.Fail(MsgcCause.Closed, $"This client has moved to {move.Next!.Server.ServerName}.");
        ReportTooLarge(loss.TooLarge);
        if (loss.Messages > 0) Report(new MsgcDiagnostic(MsgcDiagnosticKind.PublishLost, null, loss.Messages, null));
        Moved?.Invoke(move.Next);
        Release(move);
    }

    /// <summary>Where that session's acknowledgements belong; null when it is lost already. Under the gate.</summary>
    public bool? IsNext(ClientSession session) => session == _session ? false : session == _move?.Next ? true : null;

    /// <summary>A join that the old session waits for stands on the next one, or is not wanted any more. Under the gate.</summary>
    public void NoteJoined(MsgcGroup group)
    {
        if (_move!.Awaited.Remove(group) && _move.Awaited.Count == 0) Cut(_move);
    }

    private bool IsMovingFrom(ClientSession session)
    {
        lock (Gate) return _session == session && _move is not null;
    }

    /// <summary>The next server is there: joins everything there too. Under the gate.</summary>
    private void MoveTo(ClientSession session)
    {
        var move = _move!;
        move.Next = session;
        session.Side = move.Held = new HeldSide(session, this, _rules.Limits, TellDropped);
        var joins = new MemoryStream();
        foreach (var group in _active.Where(g => g.IsJoined))
        {
            joins.Write(Frames.Named(FrameKind.Join, group.Bytes, Frames.MovingJoin));
            group.Next.Join();
            if (group.Here.IsJoined) move.Awaited.Add(group);
        }
        joins.Write(Frames.Bare(FrameKind.Rejoined));
        Queue.ControlFirst(session.Feed, joins.ToArray());
        if (move.Awaited.Count == 0) Cut(move);
    }

    /// <summary>From here on the old session brings only what is on its way, and takes nothing. Under the gate.</summary>
    private void Cut(Move move)
    {
        move.IsCut = true;
        var leaves = new MemoryStream();
        foreach (var group in _active.Where(g => g.Here.IsJoined)) leaves.Write(Frames.Named(FrameKind.Leave, group.Bytes));
        Queue.Detach(_session!.Feed, leaves.ToArray());
    }

    /// <summary>The old session is over, in good order or not: the next one takes over. Under the gate.</summary>
    private Loss LoseOld(ClientSession session, Move move)
    {
        var gaps = _active.Where(g => g.Here.Stands).ToArray();
        var next = move.Next!;
        _session = next;
        _move = null;
        foreach (var (_, group) in _groups) group.Promote();
        var lost = Queue.Lose(session.Feed);
        return new Loss(session) { Gaps = gaps, Messages = lost, TooLarge = Queue.Begin(next.Feed, [], next.Server.MaxFrameBytes, next.Server.MessagesPerFrame), Moved = move };
    }

    /// <summary>The next session is lost before the old one was told to leave: that one goes on, until another one is there. Under the gate.</summary>
    private Loss LoseNext(Move move)
    {
        var gaps = _active.Where(g => g.Next.Stands && !g.Here.Stands).ToArray();
        move.Next = null;
        move.Held = null;
        move.Awaited.Clear();
        foreach (var (_, group) in _groups) group.LoseNext();
        foreach (var group in _active.Where(g => g.IsJoined && !g.Here.IsJoined).ToArray())
        {
            SendJoin(group);
            group.Receive();
        }
        return new Loss(null) { Gaps = gaps };
    }

    /// <summary>The next session is lost when the old one has been left already: nothing is left. Under the gate.</summary>
    private Loss LoseBoth(ClientSession next)
    {
        var gaps = _active.Where(g => g.Here.Stands || g.Next.Stands).ToArray();
        _session!.Settle(MsgcCause.Closed, $"{next.Server.ServerName}, which this client was moving to, was lost: {next.End!.Message}");
        return Lose(_session!) with { Gaps = gaps };
    }

    /// <summary>The next session is the client's: asks there for the views, and lets go what was held. Inside the turn.</summary>
    private void Release(Move move)
    {
        MsgcGroup[] active;
        lock (Gate)
        {
            active = [.. _active];
            var watches = new MemoryStream();
            foreach (var group in active.Where(g => g.IsWatched)) watches.Write(Frames.Named(FrameKind.Watch, group.Bytes));
            Queue.ControlFirst(move.Next!.Feed, watches.ToArray());
        }
        foreach (var group in active) group.OnMoved();
        move.Held!.Release();
    }

    private void TellDropped(byte[]? group, long? count)
    {
        if (group is null) PushToStanding(MsgcGapCause.Overflow, null);
        else if (_groups.TryGetValue(group, out var joined)) joined.PushIfJoined(new MsgcGap(joined.Name, MsgcGapCause.Overflow, count, null, null));
    }

    /// <summary>Where the client's move stands; under the gate.</summary>
    internal sealed class Move
    {
        /// <summary>The session with the next server, once there is one.</summary>
        public ClientSession? Next { get; set; }

        /// <summary>What that one has brought.</summary>
        public HeldSide? Held { get; set; }

        /// <summary>Groups joined on the old session whose join is not acknowledged on the next one yet.</summary>
        public HashSet<MsgcGroup> Awaited { get; } = [];

        /// <summary>The old session is told to leave, and its last flush is under way.</summary>
        public bool IsCut { get; set; }
    }
}
