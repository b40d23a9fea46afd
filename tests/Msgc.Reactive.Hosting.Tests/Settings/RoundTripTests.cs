using System.Text;
using CsCheck;
using Microsoft.Extensions.Configuration;
using Msgc.Reactive.Hosting.Settings;

namespace Msgc.Reactive.Hosting.Tests.Settings;

/// <summary>Whatever options are written reads as these options, in both ways of configuration.</summary>
public sealed class RoundTripTests
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char["az09 _-#/\"'={}[](),\\\n\r\täß€"], 1, 12], Gen.String[Gen.Char[' ', '~'], 1, 20], Gen.Const("C:\\dir\\"), Gen.Const("/*"), Gen.Const("\\n"));

    private static readonly Gen<string> Name = Text.Where(text => text.Trim().Length > 0 && !text.Any(char.IsControl));

    private static readonly Gen<TimeSpan> Time = Gen.Long[1, TimeSpan.TicksPerDay * 24].Select(TimeSpan.FromTicks);

    private static readonly Gen<string> Host = OneOf("10.0.0.1", "north.example.org", "[::1]:1", "h:4810", "/run/a b#1.sock");

    private static readonly Gen<MsgcDebugLevel> Level = Gen.Int[0, 5].Select(level => (MsgcDebugLevel)level);

    private static readonly Gen<MsgcListenOptions> Listen = Gen.Select(
        OneOf("*:1", ":2", "127.0.0.1:0", "[::1]:3", "/run/x", "/run/a \"b\""), Gen.Int[1, 4096], Gen.Int[-1, 511],
        (endpoint, backlog, mode) => new MsgcListenOptions(endpoint) { AcceptQueueBacklog = backlog, FileMode = mode < 0 ? null : (UnixFileMode)mode });

    private static readonly Gen<MsgcServerOptions> Server = Gen.Select(
        Common(new MsgcServerOptions()), Gen.Null(Name.Where(name => !name.Any(char.IsUpper))),
        Gen.Dictionary(Name.Select(name => name.ToLowerInvariant()), Host)[0, 5], Gen.Int[1, 65535], Gen.Null(Text), Listen.Array[0, 5],
        (options, name, peers, port, secret, listens) => options with
        {
            NodeName = name, Peers = peers, Port = port, PeerSecret = secret, Listen = [.. listens.DistinctBy(listen => MsgcEndpoint.Parse(listen.Endpoint))],
        });

    private static readonly Gen<MsgcClientOptions> Client = Gen.Select(
        Common(new MsgcClientOptions()), OneOf("a:1", "[::1]:2", "/run/a b").Array[1, 4], Gen.Null(Name), Gen.Null(Host), Gen.Bool, Gen.OneOf(Gen.Const(TimeSpan.Zero), Time), Gen.Null(Text),
        (options, servers, name, bind, noEcho, jitter, credentials) => options with
        {
            Servers = servers, Name = name, BindAddress = bind, NoEcho = noEcho, ReconnectJitter = jitter, Credentials = Encoding.UTF8.GetBytes(credentials ?? ""),
        });

    [Fact]
    public void Any_options_printed_as_a_file_parse_back_equal() => Gen.Select(Server, Client, Level, Level).Sample((server, client, serverLevel, clientLevel) =>
    {
        var printer = new ConfPrinter { ShowsSecrets = true }
            .Add(server.Listen)
            .Add(BoundConf.ServerStanza, "", ServerSettings.All, server, serverLevel, _ => "a note")
            .Add(BoundConf.ClientStanza, "", ClientSettings.All, client, clientLevel);

        var conf = Files.Read(printer.ToString());

        Assert.DoesNotContain(conf.Problems, problem => !problem.IsWarning);
        AssertEqual(server, conf.Server);
        AssertEqual(client, conf.Clients[""]);
        Assert.Equal((serverLevel, clientLevel), (conf.ServerDebugLevel, conf.Bound.Clients[""].Level));
    });

    [Fact]
    public void Any_options_of_a_file_are_the_same_through_the_keys_of_configuration() => Gen.Select(Server, Client).Sample((server, client) =>
    {
        var text = new ConfPrinter { ShowsSecrets = true }
            .Add(server.Listen)
            .Add(BoundConf.ServerStanza, "", ServerSettings.All, server, MsgcDebugLevel.Error)
            .Add(BoundConf.ClientStanza, "k", ClientSettings.All, client, MsgcDebugLevel.Info)
            .ToString();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(ConfigurationKeys.Of(Files.Read(text))).Build();

        var errors = new List<string>();
        AssertEqual(server, ConfigurationKeys.Read(configuration.GetSection(ConfigurationKeys.Server("")), new MsgcServerOptions(), errors));
        AssertEqual(client, ConfigurationKeys.Read(configuration.GetSection(ConfigurationKeys.Client("k")), new MsgcClientOptions(), errors));
        Assert.Empty(errors);
        Assert.Equal(("Error", "Information"), (configuration["Logging:LogLevel:Msgc.Reactive.MsgcServer"], configuration["Logging:LogLevel:Msgc.Reactive.MsgcClient"]));
    });

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Gen<T> Common<T>(T options)
        where T : MsgcOptions => Gen.Select(
            Time.Array[6], Gen.Bool, Gen.Int[8, 1_000_000], Gen.Int[1024, 1 << 20], Gen.Long[8L << 20, 1L << 30], Gen.Int[1, 1_000_000], Gen.Int[1024, 1 << 30],
            (times, never, backlog, frame, bytes, messages, buffer) => options with
            {
                ConnectTimeout = times[0], KeepAliveInterval = times[1], IdleTimeout = never ? Timeout.InfiniteTimeSpan : times[2], ReconnectInterval = times[3],
                StallTimeout = times[4], DrainTimeout = times[5], MaxBacklog = backlog, MaxFrameBytes = frame, MaxBacklogBytes = bytes, MessagesPerIteration = messages,
                TcpBufferSize = buffer,
            });

    /// <summary>Records compare lists and bytes by reference.</summary>
    private static void AssertEqual(MsgcServerOptions expected, MsgcServerOptions actual)
    {
        Assert.Equal(expected.Listen, actual.Listen);
        Assert.Equal(expected.Peers.OrderBy(peer => peer.Key), actual.Peers.OrderBy(peer => peer.Key));
        Assert.Equal(expected, actual with { Listen = expected.Listen, Peers = expected.Peers });
    }

    private static void AssertEqual(MsgcClientOptions expected, MsgcClientOptions actual)
    {
        Assert.Equal(expected.Servers, actual.Servers);
        Assert.Equal(expected.Credentials.ToArray(), actual.Credentials.ToArray());
        Assert.Equal(expected, actual with { Servers = expected.Servers, Credentials = expected.Credentials });
    }
}
