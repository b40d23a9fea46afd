using Msgc.Reactive.Testing.Network;

namespace Msgc.Reactive.Testing;

/// <summary>
/// How long it takes from one host to another: a time drawn anew for each connect, each segment of bytes and each news of room in the
/// receive buffer. Draws come from the network's seed and are the same on every machine; bytes of one connection keep their order.
/// </summary>
public sealed class SimulatedLatency
{
    private const int LogBits = 16;
    private const long Ln2 = 45_426; // ln 2 in 1 / 2^16
    private readonly long _range; // of the uniform part, ticks
    private readonly long _mean; // of the exponential part, ticks

    private SimulatedLatency(long least, long range, long mean) => (Least, _range, _mean) = (least, range, mean);

    /// <summary>Ticks.</summary>
    internal long Least { get; }

    /// <summary>Always the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static SimulatedLatency Constant(TimeSpan latency) => new(NotNegative(latency), 0, 0);

    /// <summary>Each tick from the one to the other, both included, as likely as any.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or the second is less than the first.</exception>
    public static SimulatedLatency Uniform(TimeSpan from, TimeSpan to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        return new(NotNegative(from), to.Ticks - from.Ticks, 0);
    }

    /// <summary>
    /// As on a busy way: a least time and what is waited on top, mostly little and seldom long. Five waits in a hundred are more than 3
    /// times the mean, one in 100,000 is more than 11.5 times, none more than 45 times.
    /// </summary>
    /// <param name="least">What it takes at least.</param>
    /// <param name="mean">Of the wait on top of it, which is exponentially distributed.</param>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public static SimulatedLatency Exponential(TimeSpan least, TimeSpan mean) => new(NotNegative(least), 0, NotNegative(mean));

    /// <summary>Ticks.</summary>
    internal long Draw(ref SeededRandom random)
    {
        if (_range > 0) return Least + random.Below(_range + 1);
        return _mean > 0 ? Least + (long)(((Int128)_mean * Ln2 * NegativeLog2(random.Next())) >> (2 * LogBits)) : Least;
    }

    /// <summary>
    /// The negative logarithm of a number as a fraction of 2^64, base 2, in 1 / 2^16. Digit by digit, by squaring: Math.Log may differ in
    /// its last bit from machine to machine, and one tick makes another run.
    /// </summary>
    private static long NegativeLog2(ulong number)
    {
        var zeros = System.Numerics.BitOperations.LeadingZeroCount(number | 1);
        var mantissa = ((number | 1) << zeros) >> 32; // from 1 to below 2, in 1 / 2^31
        var log = 0L;
        for (var digit = 0; digit < LogBits; digit++)
        {
            mantissa = (mantissa * mantissa) >> 31;
            var carry = (int)(mantissa >> 32); // 1 when the square is 2 or more
            mantissa >>= carry;
            log = (log << 1) | (uint)carry;
        }
        return ((zeros + 1L) << LogBits) - log;
    }

    private static long NotNegative(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return time.Ticks;
    }
}
