#pragma warning disable CA1812, CA1822, CA1823, CS0169, CS0649 // Nothing here is used: these types exist to be read.

namespace Msgc.Reactive.Tests.Architecture.Sample
{
    internal sealed class Noun
    {
        private readonly Sessions.High? _allowed;
    }

    internal sealed class Word
    {
        private readonly Sessions.High? _forbidden;
    }
}

namespace Msgc.Reactive.Tests.Architecture.Sample.Sessions
{
    internal class High
    {
        public static int Count { get; set; }

        private readonly Framing.Body? _allowed;
    }
}

namespace Msgc.Reactive.Tests.Architecture.Sample.Framing
{
    using Msgc.Reactive.Tests.Architecture.Sample.Sessions;

    internal sealed class Base : High;

    internal sealed class Field
    {
        private readonly List<High[]>? _high;
    }

    internal sealed class Excused
    {
        private readonly High? _high;
    }

    internal sealed class Parameter
    {
        public void Take(ref readonly High high)
        {
        }
    }

    internal sealed class Body
    {
        public object Make() => new High();
    }

    internal sealed class StaticCall
    {
        public int Count() => High.Count;
    }

    internal sealed class GenericArgument
    {
        public Array Make() => Array.Empty<High>();
    }

    internal sealed class Local
    {
        public string Ask(object any) => any switch
        {
            int => "1", string => "2", long => "3", byte => "4", High high => high.ToString()!, _ => "",
        };
    }

    internal sealed class Lambda
    {
        public Func<int, object> Make(int from) => count => count > from ? new High() : "";
    }

    internal sealed class Noun
    {
        private readonly Sample.Noun? _noun;
    }

    internal sealed class Wait
    {
        public async Task<object> Make()
        {
            await Task.Yield();
            return new High();
        }
    }

    internal sealed class AsyncLambda
    {
        public Func<Task> Make() => async () => await Task.Yield();
    }

    internal sealed class AsyncIterator
    {
        public async IAsyncEnumerable<int> Count()
        {
            await Task.Yield();
            yield return 1;
        }
    }
}
