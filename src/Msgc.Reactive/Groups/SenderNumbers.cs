namespace Msgc.Reactive.Groups;

/// <summary>What a receiving client has seen of each sender in one group: duplicates are dropped, skips become gaps. (contract, "§4")</summary>
internal sealed class SenderNumbers
{
    private const int FirstSweep = 64;

    private readonly Dictionary<ulong, Track> _tracks = [];
    private Track? _last;
    private ulong _lastSender;
    private int _join;
    private int _sweepAt = FirstSweep;

    /// <summary>A new join begins: old numbers are dropped still, but what was published in between makes no gap.</summary>
    public void Rejoin() => _join++;

    /// <summary>True, and noted, for what nearly every message is: the next one of the sender heard last. Others are for <see cref="Accept"/>.</summary>
    public bool IsNext(ulong sender, ulong number, long now)
    {
        if (_last is not { } track || sender != _lastSender || number != track.Number + 1 || track.Join != _join) return false;
        track.Number = number;
        track.Seen = now;
        return true;
    }

    /// <summary>
    /// Looks at a number. False: drop the message. <paramref name="skipped"/> is how many numbers are missing before it.
    /// </summary>
    /// <param name="sender">Whose number it is.</param>
    /// <param name="number">The number.</param>
    /// <param name="now">Ticks of the client's clock.</param>
    /// <param name="memory">How long a silent sender is remembered at least.</param>
    /// <param name="skipped">How many are missing before it.</param>
    public bool Accept(ulong sender, ulong number, long now, TimeSpan memory, out ulong skipped)
    {
        skipped = 0;
        var track = _last;
        if (track is null || sender != _lastSender)
        {
            if (!_tracks.TryGetValue(sender, out track))
            {
                if (_tracks.Count >= _sweepAt) Sweep(now, memory);
                _tracks.Add(sender, track = new Track { Number = number, Join = _join, Seen = now });
                (_last, _lastSender) = (track, sender);
                return true;
            }
            (_last, _lastSender) = (track, sender);
        }
        track.Seen = now;
        if (number <= track.Number) return false;
        if (track.Join == _join) skipped = number - track.Number - 1;
        track.Number = number;
        track.Join = _join;
        return true;
    }

    private void Sweep(long now, TimeSpan memory)
    {
        if (memory != Timeout.InfiniteTimeSpan)
        {
            foreach (var (sender, track) in _tracks)
            {
                if (now - track.Seen > memory.Ticks) _tracks.Remove(sender);
            }
        }
        _sweepAt = Math.Max(FirstSweep, 2 * _tracks.Count);
    }

    private sealed class Track
    {
        public ulong Number { get; set; }

        public int Join { get; set; }

        public long Seen { get; set; }
    }
}
