using System.Buffers.Binary;

namespace Msgc.Reactive.IntegrationTests.Tool;

/// <summary>
/// A client that is a member of one group, and what its events bring: checks that each sender's numbers rise, counts what they skip, and keeps
/// views and gaps.
/// </summary>
internal sealed class MeshMember : IAsyncDisposable
{
    public const string GroupName = "load";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly MsgcGroup _group;
    private readonly Lock _gate = new();
    private readonly Dictionary<MsgcClientId, (long First, long Last, long Count)> _senders = [];
    private readonly List<MsgcView> _views = [];
    private readonly List<MsgcGap> _gaps = [];
    private readonly List<string> _wrong = [];
    private readonly List<string> _losses = [];
    private Action? _changed;
    private int _sent;

    private MeshMember(MsgcClient client)
    {
        Client = client;
        _group = client.Group(GroupName);
    }

    public MsgcClient Client { get; }

    /// <summary>Publishes that were completed.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Numbers that did not rise, or messages whose number is not theirs.</summary>
    public string[] Wrong => Locked(() => _wrong.ToArray());

    /// <summary>Connections that it lost, and why.</summary>
    public string[] Losses => Locked(() => _losses.ToArray());

    public MsgcGap[] Gaps => Locked(() => _gaps.ToArray());

    public MsgcView[] Views => Locked(() => _views.ToArray());

    /// <summary>All messages received.</summary>
    public long Received => Locked(() => _senders.Values.Sum(sender => sender.Count));

    /// <summary>Connects, joins, and waits until the join stands.</summary>
    public static async Task<MeshMember> JoinAsync(string name, params string[] servers)
    {
        var client = await MsgcClient.ConnectAsync(new MsgcClientOptions { Name = name, Servers = servers, ReconnectInterval = TimeSpan.FromMilliseconds(200) })
            .WaitAsync(Deadline);
        var member = new MeshMember(client);
        client.State.Subscribe(member.OnState);
        member._group.Events.Subscribe(member.OnEvent);
        try
        {
            await member._group.WhenJoinedAsync().WaitAsync(Deadline);
            return member;
        }
        catch
        {
            await member.DisposeAsync();
            throw;
        }
    }

    public (long First, long Last, long Count) From(MeshMember sender) => Locked(() => _senders.GetValueOrDefault(sender.Client.Id));

    /// <summary>Publishes one message, which carries the number it is to get.</summary>
    public async ValueTask PublishAsync()
    {
        var payload = new byte[64];
        BinaryPrimitives.WriteInt32LittleEndian(payload, _sent + 1);
        await _group.PublishAsync(payload);
        Volatile.Write(ref _sent, _sent + 1);
    }

    /// <summary>What there was so far is of no more interest.</summary>
    public void ForgetViewsAndGaps() => Locked(() =>
    {
        _views.Clear();
        _gaps.Clear();
        return true;
    });

    /// <summary>Waits until that holds; looked at whenever something has come.</summary>
    public async Task WhenAsync(Func<MeshMember, bool> holds, string what)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (holds(this)) held.TrySetResult();
        }

        lock (_gate)
        {
            _changed += Look;
            Look();
        }
        try
        {
            await held.Task.WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(
                $"{Client.Name} waited for {what} for {Deadline.TotalSeconds} s. It has {Received} messages, of {string.Join(", ", Locked(() => _senders.Select(s => $"{s.Key} {s.Value}").ToArray()))}; "
                + $"views {string.Join(" | ", Views.AsEnumerable())}; gaps {string.Join(" | ", Gaps.AsEnumerable())}; wrong {string.Join(" | ", Wrong)}; lost {string.Join(" | ", Losses)}");
        }
        finally
        {
            lock (_gate) _changed -= Look;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Client.DisposeAsync();
    }

    private void OnState(MsgcConnectionState state)
    {
        if (state.Phase != MsgcConnectionPhase.Lost) return;
        lock (_gate) _losses.Add($"{state.ServerName}: {state.Cause}: {state.Reason}");
    }

    private void OnEvent(MsgcGroupEvent e)
    {
        lock (_gate)
        {
            if (e.TryGetMessage(out var message)) OnMessage(message);
            else if (e.View is { } view) _views.Add(view);
            else _gaps.Add(e.Gap!);
            _changed?.Invoke();
        }
    }

    private void OnMessage(MsgcMessage message)
    {
        var (first, last, count) = _senders.GetValueOrDefault(message.Sender);
        if (message.Number <= last) _wrong.Add($"{message.Sender} #{message.Number} after #{last}");
        if (BinaryPrimitives.ReadInt32LittleEndian(message.Payload.Span) != message.Number) _wrong.Add($"{message.Sender} #{message.Number} carries another number");
        _senders[message.Sender] = (first == 0 ? message.Number : first, message.Number, count + 1);
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate) return read();
    }
}
