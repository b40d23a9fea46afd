using System.Globalization;
using System.Text;

namespace Msgc.Reactive.Testing;

/// <summary>A marble diagram: signs at times. Its text is read and written so that one is the inverse of the other.</summary>
internal sealed class MarbleDiagram(IReadOnlyList<(TimeSpan Time, char Sign)> marks, TimeSpan start, TimeSpan frame)
{
    public const char Completion = '|';
    public const char Error = '#';
    private const int LongestSilence = 20; // in frames, before it is written as a time

    public IReadOnlyList<(TimeSpan Time, char Sign)> Marks => marks;

    /// <summary>The time of <c>^</c>.</summary>
    public TimeSpan Start => start;

    public static MarbleDiagram Parse(string text, TimeSpan frame)
    {
        ArgumentNullException.ThrowIfNull(text);
        var reader = new Reader(text, frame);
        reader.Read();
        return new MarbleDiagram(reader.Marks, reader.Start ?? TimeSpan.Zero, frame);
    }

    /// <summary>The one way to write it; what lies between two frames has a <c>~</c> before it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var next = 0L; // the frame that is written next
        for (var i = 0; i < marks.Count;)
        {
            var (at, isOff) = FrameOf(marks[i].Time);
            var together = string.Concat(marks.Skip(i).TakeWhile(mark => FrameOf(mark.Time) == (at, isOff)).Select(mark => mark.Sign));
            Silence(text, at - next);
            if (isOff) text.Append('~');
            text.Append(together.Length == 1 ? together : $"({together})");
            next = at + 1;
            i += together.Length;
        }
        return text.ToString();
    }

    private (long Frame, bool IsOff) FrameOf(TimeSpan time) => (time.Ticks / frame.Ticks, time.Ticks % frame.Ticks > frame.Ticks / 100);

    private void Silence(StringBuilder text, long frames)
    {
        if (frames <= LongestSilence) text.Append('-', (int)Math.Max(0, frames));
        else text.Append(CultureInfo.InvariantCulture, $" {(frames * frame).TotalMilliseconds:0.####}ms ");
    }

    private sealed class Reader(string text, TimeSpan frame)
    {
        private int _at;
        private TimeSpan _time;
        private bool _hasEnded;

        public List<(TimeSpan, char)> Marks { get; } = [];

        public TimeSpan? Start { get; private set; }

        public void Read()
        {
            for (; _at < text.Length; _at++)
            {
                if (text[_at] == ' ') continue;
                if (TryReadTime()) continue;
                if (text[_at] == '(') ReadTogether();
                else if (text[_at] != '-') Add();
                _time += frame;
                if (text[_at] == '^') _time -= frame;
            }
        }

        private FormatException Wrong(string why) => new($"'{text}', column {_at + 1}: {why}");

        /// <summary>A number with a unit, between spaces or the text's ends.</summary>
        private bool TryReadTime()
        {
            if (!char.IsAsciiDigit(text[_at]) || (_at > 0 && text[_at - 1] != ' ')) return false;
            var end = text.IndexOf(' ', _at) is >= 0 and var space ? space : text.Length;
            var word = text.AsSpan(_at, end - _at);
            var digits = word.IndexOfAnyExcept("0123456789.");
            if (digits < 0) return false;
            var milliseconds = word[digits..] switch { "ms" => 1.0, "s" => 1000, "m" => 60_000, _ => 0 };
            if (milliseconds == 0) return false;
            if (!double.TryParse(word[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) throw Wrong($"'{word}' is no time; write 900ms, 2s or 1m.");
            var ticks = (long)Math.Round(number * milliseconds * TimeSpan.TicksPerMillisecond);
            if (ticks % frame.Ticks != 0) throw Wrong($"'{word}' is no whole number of frames of {frame.TotalMilliseconds:0.####} ms.");
            _time += TimeSpan.FromTicks(ticks);
            _at = end - 1;
            return true;
        }

        private void ReadTogether()
        {
            var end = text.IndexOf(')', _at);
            if (end < 0) throw Wrong("the '(' has no ')'.");
            if (end == _at + 1) throw Wrong("nothing is between '(' and ')'.");
            for (_at++; _at < end; _at++)
            {
                if (text[_at] is '-' or '(' or '^' or ' ') throw Wrong($"'{text[_at]}' cannot be between '(' and ')', where all is on one tick.");
                Add();
            }
        }

        private void Add()
        {
            var sign = text[_at];
            if (sign == ')') throw Wrong("the ')' has no '('.");
            if (sign == '~') throw Wrong("'~' marks what came between two frames; it cannot be expected.");
            if (sign == '^')
            {
                if (Start is not null) throw Wrong("there is a '^' already.");
                Start = _time;
                return;
            }
            if (_hasEnded) throw Wrong($"'{sign}' comes after the end.");
            _hasEnded = sign is Completion or Error;
            Marks.Add((_time, sign));
        }
    }
}
