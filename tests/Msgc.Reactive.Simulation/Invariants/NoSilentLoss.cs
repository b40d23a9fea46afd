using Msgc.Reactive.Simulation.Actors;
using Msgc.Reactive.Simulation.Scenarios;

namespace Msgc.Reactive.Simulation.Invariants;

/// <summary>
/// Whatever is known to have been handled while an acknowledged join stood was heard, or there is a gap where it is missing, with its count
/// where the numbers show it. In calm weather, and when servers only drain, there are no gaps. What is missing right behind an
/// acknowledgement is told as that one's fault.
/// </summary>
internal sealed class NoSilentLoss() : Invariant("§4 no silent loss")
{
    private readonly Invariant _acknowledged = new Named("§4 acknowledged join");
    private readonly Invariant _drained = new Named("§6 a drain loses nothing");
    private readonly Invariant _unstalled = new Named("§5 stall rule");

    public override void AtRest(Run run)
    {
        var speakers = run.Lives.Select(life => life.Speaker).ToList();
        foreach (var ear in run.Lives.SelectMany(life => life.Ears))
        {
            foreach (var stay in ear.Stays) Check(run, ear, stay, speakers);
        }
    }

    private void Check(Run run, Ear ear, Stay stay, List<Speaker> speakers)
    {
        var (gaps, numbers) = Inside(ear, stay);
        // A link that comes up is always told.
        if (run.Scenario.Weather != Weather.Storm && gaps.FindIndex(g => ear.Heard[g].Gap!.Cause != MsgcGapCause.LinkLost) is >= 0 and var gap)
            run.Violate(run.Scenario.Weather == Weather.Drains ? _drained : _unstalled, $"{ear.Name} has a gap at {ear.Heard[gaps[gap]].At / 1e7:f4}: {ear.Heard[gaps[gap]].Gap}.");
        foreach (var speaker in speakers)
        {
            var heard = numbers.GetValueOrDefault(speaker.Id) ?? [];
            CheckCounts(run, ear, speaker, heard, gaps);
            CheckHeard(run, ear, stay, speaker, heard, gaps);
        }
    }

    /// <summary>The places of gaps in a stay, and of each sender's messages.</summary>
    private static (List<int> Gaps, Dictionary<MsgcClientId, List<int>> Numbers) Inside(Ear ear, Stay stay)
    {
        var gaps = new List<int>();
        var numbers = new Dictionary<MsgcClientId, List<int>>();
        for (var i = stay.Begin; i < Math.Min(stay.End, ear.Heard.Count); i++)
        {
            if (ear.Heard[i].Gap is not null) gaps.Add(i);
            else if (numbers.TryGetValue(ear.Heard[i].Sender!.Value, out var known)) known.Add(i);
            else numbers.Add(ear.Heard[i].Sender!.Value, [i]);
        }
        return (gaps, numbers);
    }

    /// <summary>Where a sender's numbers skip there are gaps that count as many, unless it was silent for so long that it may be forgotten.</summary>
    private void CheckCounts(Run run, Ear ear, Speaker speaker, List<int> heard, List<int> gaps)
    {
        for (var i = 1; i < heard.Count; i++)
        {
            Heard before = ear.Heard[heard[i - 1]], after = ear.Heard[heard[i]];
            var missing = after.Number - before.Number - 1;
            if (missing <= 0 || after.At - before.At >= (2 * run.ShortestIdleTimeout).Ticks) continue;
            var told = gaps.Where(g => g > heard[i - 1] && g < heard[i] && ear.Heard[g].Sender == speaker.Id).Sum(g => ear.Heard[g].Gap!.Count ?? 0);
            if (told < missing) run.Violate(this, $"{ear.Name} has heard {speaker.Name}'s {after.Number} after {before.Number}, at {after.At / 1e7:f4}, and gaps there tell of {told}.");
        }
    }

    private void CheckHeard(Run run, Ear ear, Stay stay, Speaker speaker, List<int> heard, List<int> gaps)
    {
        // What was handled less than this before a leave may have been under way still: behind a link that fell silent, say.
        var margin = (run.Scenario.Weather == Weather.Storm ? run.Scenario.Rules.RecoveryBound : TimeSpan.FromSeconds(2)).Ticks + ear.Life.Still.Ticks + run.ServersStill.Ticks;
        var spoken = speaker.To(ear.Number);
        var next = 0;
        for (var i = 0; i < spoken.Count; i++)
        {
            while (next < heard.Count && ear.Heard[heard[next]].Number < i + 1) next++;
            if (!spoken[i].IsKnown || spoken[i].From <= stay.BeginAt || (stay.EndAt != long.MaxValue && spoken[i].Until + margin >= stay.EndAt)) continue;
            run.Asked++;
            if (next < heard.Count && ear.Heard[heard[next]].Number == i + 1) continue;
            int lower = next > 0 ? heard[next - 1] : stay.Begin, upper = next < heard.Count ? heard[next] : stay.End;
            // Of a sender not heard before no number shows what is missing: the loss of a link that had fallen silent does, when it is noticed.
            var noticed = next == 0 ? spoken[i].Until + run.Scenario.Rules.RecoveryBound.Ticks + ear.Life.Still.Ticks + run.ServersStill.Ticks : 0;
            var isTold = gaps.Exists(g => g >= lower && (g < upper || ear.Heard[g].At <= noticed));
            if (isTold && run.Scenario.Weather == Weather.Storm) continue;
            var isFirst = spoken[i].From - stay.BeginAt < TimeSpan.FromSeconds(1).Ticks;
            run.Violate(isFirst ? _acknowledged : run.Scenario.Weather == Weather.Drains ? _drained : this,
                $"{ear.Name} has not heard {speaker.Name}'s {i + 1}, handled between {spoken[i].From / 1e7:f4} and {spoken[i].Until / 1e7:f4}, and there is {(isTold ? "a gap, though nothing else was lost" : "no gap")}; its join stands since {stay.BeginAt / 1e7:f4}.");
            return;
        }
    }

    /// <summary>A name to tell a violation by.</summary>
    private sealed class Named(string name) : Invariant(name);
}
