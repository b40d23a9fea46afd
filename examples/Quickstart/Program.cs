// An embedded server and two clients: LINQ over a group, and the group's membership.
using System.Reactive.Linq;
using System.Text;
using Msgc.Reactive;

await using var server = await MsgcServer.StartAsync(new MsgcServerOptions { Listen = ["127.0.0.1:0"], NodeName = "demo" });
string[] servers = [server.Endpoints[0].ToString()];
await using var alice = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = servers, Name = "alice" });
await using var bob = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = servers, Name = "bob" });

// Who is there: the current view first, then each change.
using var membership = alice.Group("words").Membership.Subscribe(view =>
    Console.WriteLine($"members   {string.Join(", ", view.Members.Select(m => m.ClientName)),-12} ({view.Cause})"));

// A group is an observable. Bob counts the letters of the long words, ten at a time.
var counted = new TaskCompletionSource();
using var letters = bob.Group("words")
    .Select(message => Encoding.UTF8.GetString(message.Payload.Span))
    .Where(word => word.Length > 3)
    .Buffer(TimeSpan.FromSeconds(5), 10, bob.Scheduler)
    .Take(2)
    .Subscribe(
        words => Console.WriteLine($"bob hears {words.Count} long words, {words.Sum(w => w.Length)} letters: {string.Join(' ', words)}"),
        counted.SetResult);
await bob.Group("words").WhenJoinedAsync();

// A group is an observer, too: what flows into it is published.
const string Text = "the quick brown fox jumps over the lazy dog while seven wizards boil their magic potions and every lamp in town goes dark before dawn comes back";
using var publishing = Text.Split(' ').ToObservable()
    .Select(word => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(word))
    .Subscribe(alice.Group("words"));

await alice.FlushAsync();          // the server has handled all of it
await counted.Task.WaitAsync(TimeSpan.FromSeconds(10));
Console.WriteLine("done");
