using System.Net;
using System.Net.Sockets;
using Msgc.Reactive.Transport;

namespace Msgc.Reactive.IntegrationTests.Transport;

/// <summary>With connections that receive on the pool's threads.</summary>
public sealed class SocketTransportTests() : SocketTransportTestsBase(new MsgcSocketOptions());

/// <summary>With connections that connect and receive on threads of their own.</summary>
public sealed class ThreadedSocketTransportTests() : SocketTransportTestsBase(new MsgcSocketOptions { Threads = new ReceiveThreads(1000) });

public abstract class SocketTransportTestsBase(MsgcSocketOptions options)
{
    private readonly SocketTransport _transport = new();
    private readonly MsgcSocketOptions _options = options;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("")]
    public Task Tcp_echoes(string host) => EchoAsync(MsgcEndpoint.Tcp(host, 0));

    [IPv6Fact]
    public Task Tcp_over_IPv6_echoes() => EchoAsync(MsgcEndpoint.Tcp("::1", 0));

    [IPv6Fact]
    public async Task A_listener_on_all_interfaces_accepts_IPv6_too()
    {
        using var listener = _transport.Listen(MsgcEndpoint.Tcp("", 0), _options);
        var accepted = Accept(listener);
        using var dial = _transport.Dial(MsgcEndpoint.Tcp("::1", listener.Endpoint.Port), _options).Subscribe(_ => { });
        Assert.StartsWith("[::1]:", (await accepted).RemoteAddress);
    }

    [Fact]
    public Task A_unix_socket_echoes() => EchoAsync(NewPath());

    [Fact]
    public async Task Remote_addresses_name_the_far_end()
    {
        await using var tcp = (await SocketPair.ConnectAsync(endpoint: MsgcEndpoint.Tcp("", 0), options: _options)).Start();
        Assert.StartsWith("127.0.0.1:", tcp.Near.Connection.RemoteAddress);
        Assert.StartsWith("127.0.0.1:", tcp.Far.Connection.RemoteAddress);
        var path = NewPath();
        await using var unix = (await SocketPair.ConnectAsync(endpoint: path, options: _options)).Start();
        Assert.Equal(path.Path, unix.Near.Connection.RemoteAddress);
        Assert.Equal($"{path.Path}#1", unix.Far.Connection.RemoteAddress);
    }

    [Fact]
    public async Task A_unix_sockets_file_gets_its_mode_before_it_listens_and_a_changed_one_at_once()
    {
        if (OperatingSystem.IsWindows()) return; // it has no such modes
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite, Group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        var path = NewPath();
        using var listener = _transport.Listen(path, _options with { FileMode = Owner });
        Assert.Equal(Owner, File.GetUnixFileMode(path.Path!));
        listener.Options = listener.Options with { FileMode = Owner | Group, AcceptQueueBacklog = 3 };
        Assert.Equal(Owner | Group, File.GetUnixFileMode(path.Path!));

        var accepted = new Signal();
        listener.Start(_ => accepted.Set());
        using (_transport.Dial(path, _options).Subscribe(_ => { })) await accepted; // it listens still

        File.Delete(path.Path!);
        var error = Assert.Throws<MsgcConnectionException>(() => listener.Options = listener.Options with { FileMode = Owner });
        Assert.StartsWith($"Cannot listen on {path}: ", error.Message, StringComparison.Ordinal);
        Assert.Equal(Owner | Group, listener.Options.FileMode);
    }

    [Fact]
    public async Task A_longer_accept_queue_takes_those_in_that_the_shorter_one_left_outside()
    {
        using var listener = _transport.Listen(SocketPair.Loopback, _options with { AcceptQueueBacklog = 1 }); // not started: nobody accepts
        var dialling = Enumerable.Range(0, 6).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
        var connecting = dialling.Select(socket => socket.ConnectAsync(IPAddress.Loopback, listener.Endpoint.Port)).ToArray();
        await EchoAsync(SocketPair.Loopback); // the time for all to have tried
        Assert.Contains(connecting, connect => !connect.IsCompleted);

        listener.Options = listener.Options with { AcceptQueueBacklog = 77 };

        await Task.WhenAll(connecting).WaitAsync(CheckingHandler.Patience);
        foreach (var socket in dialling) socket.Dispose();
    }

    [Fact]
    public async Task A_refused_dial_errors_with_the_endpoints_name()
    {
        var gone = _transport.Listen(SocketPair.Loopback, _options);
        gone.Dispose();
        var error = await FailAsync(gone.Endpoint, _options);
        Assert.Equal(MsgcCause.Transport, error.Cause);
        Assert.StartsWith($"Cannot connect to {gone.Endpoint}: Connection refused", error.Message);
        Assert.IsType<SocketException>(error.InnerException);
    }

    [Fact]
    public async Task A_dial_to_no_such_path_errors_with_its_name()
    {
        var path = NewPath();
        Assert.StartsWith($"Cannot connect to {path}: ", (await FailAsync(path, _options)).Message);
    }

    [Fact]
    public async Task A_dial_from_an_address_that_is_not_ours_errors()
    {
        using var listener = _transport.Listen(SocketPair.Loopback, _options);
        var error = await FailAsync(listener.Endpoint, _options with { BindAddress = "192.0.2.1" });
        Assert.StartsWith($"Cannot connect to {listener.Endpoint}: ", error.Message);
        error = await FailAsync(listener.Endpoint, _options with { BindAddress = "::1" });
        Assert.StartsWith($"Cannot connect to {listener.Endpoint}: ", error.Message);
    }

    [Fact]
    public async Task The_bind_address_is_where_a_dial_comes_from()
    {
        await using var pair = (await SocketPair.ConnectAsync(options: _options with { BindAddress = "127.0.0.2" })).Start();
        Assert.StartsWith("127.0.0.2:", pair.Far.Connection.RemoteAddress);
    }

    [Fact]
    public async Task Disposal_of_the_dial_ends_its_connection()
    {
        await using var pair = (await SocketPair.ConnectAsync(options: _options)).Start();
        pair.Dial.Dispose();
        Assert.Equal((MsgcCause.Closed, null), await pair.Near.Ended);
        Assert.Equal((MsgcCause.Closed, null), await pair.Far.Ended);
    }

    [Fact]
    public async Task Disposal_at_any_moment_of_a_dial_leaves_no_connection_behind()
    {
        var accepted = new List<CheckingHandler>();
        var last = new Signal();
        using var listener = _transport.Listen(SocketPair.Loopback, _options);
        listener.Start(connection =>
        {
            accepted.Add(new CheckingHandler(connection).Start());
            if (connection.RemoteAddress.StartsWith("127.0.0.2:", StringComparison.Ordinal)) last.Set();
        });
        for (var round = 0; round < 200; round++)
        {
            var dial = _transport.Dial(listener.Endpoint, _options).Subscribe(_ => { });
            Thread.SpinWait(round * 100);
            dial.Dispose();
        }
        using (_transport.Dial(listener.Endpoint, _options with { BindAddress = "127.0.0.2" }).Subscribe(_ => { })) await last;
        foreach (var handler in accepted.ToArray())
        {
            await handler.Ended;
            handler.AssertGrammar();
        }
    }

    [Fact]
    public async Task Disposal_while_the_far_end_does_not_answer_ends_the_dial_silently()
    {
        // A full accept queue drops what comes next, as a far end that swallows packets would.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(1);
        var fillers = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
        var filling = fillers.Select(filler => filler.ConnectAsync(full.LocalEndPoint!)).ToArray();
        await Task.WhenAny(filling).WaitAsync(CheckingHandler.Patience);

        var silent = new Silence();
        var endpoint = MsgcEndpoint.Tcp("127.0.0.1", ((IPEndPoint)full.LocalEndPoint!).Port);
        var dial = new SocketDial(endpoint, _options, silent);
        await EchoAsync(SocketPair.Loopback); // the time to get as far as connecting
        Assert.False(dial.Completion.IsCompleted);
        dial.Dispose();
        await dial.Completion.WaitAsync(CheckingHandler.Patience);
        Assert.True(silent.WasKept);

        foreach (var filler in fillers) filler.Dispose();
        await Task.WhenAll(filling.Select(connect => connect.ContinueWith(_ => { }, TaskScheduler.Default)));
    }

    [Fact]
    public void A_port_in_use_is_a_clear_error()
    {
        using var listener = _transport.Listen(SocketPair.Loopback, _options);
        var error = Assert.Throws<MsgcConnectionException>(() => _transport.Listen(listener.Endpoint, _options));
        Assert.Equal(MsgcCause.Transport, error.Cause);
        Assert.Equal($"Cannot listen on {listener.Endpoint}: Address already in use", error.Message);
        Assert.Throws<MsgcConnectionException>(() => _transport.Listen(MsgcEndpoint.Tcp("", listener.Endpoint.Port), _options));
    }

    [Fact]
    public async Task A_port_is_free_at_once_for_a_restart_although_old_connections_linger()
    {
        var endpoint = SocketPair.Loopback;
        for (var run = 0; run < 3; run++)
        {
            await using var pair = (await SocketPair.ConnectAsync(endpoint: endpoint, options: _options)).Start();
            pair.Far.Connection.Abort(MsgcCause.Closed); // the side that closes first is the one that lingers
            await pair.Near.Ended;
            endpoint = MsgcEndpoint.Parse(pair.Near.Connection.RemoteAddress);
        }
        Assert.NotEqual(0, endpoint.Port);
    }

    [Fact]
    public async Task Accepted_connections_outlive_their_listener_and_disposal_ends_the_loop()
    {
        var listener = (SocketListener)_transport.Listen(SocketPair.Loopback, _options);
        var accepted = Accept(listener);
        var dialled = new TaskCompletionSource<IMsgcConnection>();
        using var dial = _transport.Dial(listener.Endpoint, _options).Subscribe(dialled.SetResult);
        var far = new CheckingHandler(await accepted);
        listener.Dispose();
        listener.Dispose();
        await listener.Completion.WaitAsync(CheckingHandler.Patience);

        var received = new Signal();
        far.Received = _ => received.Set();
        far.Start();
        new CheckingHandler(await dialled.Task.WaitAsync(CheckingHandler.Patience)).Start().Send([1]);
        await received;
    }

    [Fact]
    public async Task A_hand_over_that_throws_does_not_stop_the_listener()
    {
        using var listener = _transport.Listen(SocketPair.Loopback, _options);
        var second = new Signal();
        var count = 0;
        listener.Start(_ =>
        {
            if (++count == 1) throw new InvalidOperationException("on purpose");
            second.Set();
        });
        using var first = _transport.Dial(listener.Endpoint, _options).Subscribe(_ => { });
        using var next = _transport.Dial(listener.Endpoint, _options).Subscribe(_ => { });
        await second;
    }

    [Fact]
    public async Task The_file_of_a_dead_unix_socket_is_replaced()
    {
        var path = NewPath();
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path.Path! + ".old"));
            dead.Listen();
            File.Move(path.Path! + ".old", path.Path!); // so that it stays when the socket goes
        }
        Assert.True(File.Exists(path.Path));
        await EchoAsync(path);
        Assert.False(File.Exists(path.Path));
    }

    [Fact]
    public void The_file_of_a_live_unix_socket_is_left_alone()
    {
        var path = NewPath();
        using (_transport.Listen(path, _options))
        {
            var error = Assert.Throws<MsgcConnectionException>(() => _transport.Listen(path, _options));
            Assert.StartsWith($"Cannot listen on {path}: ", error.Message);
            Assert.True(File.Exists(path.Path));
        }
        Assert.False(File.Exists(path.Path));
    }

    [Fact]
    public void A_file_that_is_no_socket_is_left_alone()
    {
        var path = NewPath();
        File.WriteAllText(path.Path!, "");
        Assert.Throws<MsgcConnectionException>(() => _transport.Listen(path, _options));
        Assert.True(File.Exists(path.Path));
        File.Delete(path.Path!);
    }

    private static MsgcEndpoint NewPath() => MsgcEndpoint.Unix(Path.Combine(Path.GetTempPath(), $"msgc-{Guid.NewGuid():N}.sock"));

    private static Task<IMsgcConnection> Accept(IMsgcListener listener)
    {
        var accepted = new TaskCompletionSource<IMsgcConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
        listener.Start(connection => accepted.TrySetResult(connection));
        return accepted.Task.WaitAsync(CheckingHandler.Patience);
    }

    private async Task EchoAsync(MsgcEndpoint endpoint)
    {
        await using var pair = await SocketPair.ConnectAsync(endpoint: endpoint, options: _options);
        var echoed = new Signal();
        byte[]? heard = null;
        pair.Far.Received = bytes => pair.Far.Send(bytes.ToArray());
        pair.Near.Received = bytes =>
        {
            heard = bytes.ToArray();
            echoed.Set();
        };
        pair.Start();
        pair.Near.Send([1, 2, 3]);
        await echoed;
        Assert.Equal([1, 2, 3], heard);
    }

    private async Task<MsgcConnectionException> FailAsync(MsgcEndpoint endpoint, MsgcSocketOptions options)
    {
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var dial = _transport.Dial(endpoint, options).Subscribe(_ => failed.SetException(new InvalidOperationException("It connected.")), failed.SetResult);
        return Assert.IsType<MsgcConnectionException>(await failed.Task.WaitAsync(CheckingHandler.Patience));
    }

    private sealed class Silence : IObserver<IMsgcConnection>
    {
        public bool WasKept { get; private set; } = true;

        public void OnNext(IMsgcConnection value) => WasKept = false;

        public void OnError(Exception error) => WasKept = false;

        public void OnCompleted() => WasKept = false;
    }
}
