using System.Text.Json;

namespace Msgc.Reactive.IntegrationTests.Tool;

public sealed class MembersTests : IAsyncLifetime
{
    private ToolProcess _server = null!;
    private string _endpoint = null!;

    public async Task InitializeAsync() => (_server, _endpoint) = await ToolProcess.StartServerAsync("--name", "here");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Members_are_aligned_and_the_command_is_none_of_them()
    {
        await using var one = await JoinedAsync("g", "one");
        await using var other = await JoinedAsync("g", "with a longer name");

        var result = await ToolProcess.RunAsync(["members", "g", "--server", _endpoint]);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        MsgcClient[] ordered = one.Id.CompareTo(other.Id) < 0 ? [one, other] : [other, one];
        Assert.Equal(ordered.Select(client => $"{client.Name,-18}  {client.Id}  here"), result.Lines);
    }

    [Fact]
    public async Task Json_has_an_object_a_member()
    {
        await using var one = await JoinedAsync("g", "one");

        var result = await ToolProcess.RunAsync(["members", "g", "--format", "json", "--server", _endpoint]);

        Assert.Equal($$"""{"id":"{{one.Id}}","client":"one","server":"here"}""", Assert.Single(result.Lines));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task An_empty_group_has_no_members_and_is_no_error(string format)
    {
        var result = await ToolProcess.RunAsync(["members", "g", "--format", format, "--server", _endpoint]);

        Assert.Equal((0, "", "no members"), (result.ExitCode, result.Text, Assert.Single(result.ErrorLines)));
    }

    [Fact]
    public async Task Follow_prints_who_comes_and_goes_until_it_is_interrupted()
    {
        await using var members = ToolProcess.Start("members", "g", "--follow", "--server", _endpoint);
        await members.ErrorLineAsync("no members");

        var one = await JoinedAsync("g", "one");
        await members.OutputLineAsync("+ ");
        await one.DisposeAsync();
        await members.OutputLineAsync("- ");
        await members.SignalAsync("INT");

        var result = await members.EndAsync();
        Assert.Equal((0, "no members"), (result.ExitCode, Assert.Single(result.ErrorLines)));
        Assert.Equal([$"+ one  {one.Id}  here  Join", $"- one  {one.Id}  here  Disconnect"], result.Lines);
    }

    [Fact]
    public async Task Follow_as_json_has_an_object_a_view()
    {
        await using var first = await JoinedAsync("g", "first");
        await using var members = ToolProcess.Start("members", "g", "--follow", "--format", "json", "--server", _endpoint);
        await members.OutputLineAsync("{");

        using (await JoinedAsync("g", "second")) await members.OutputLineAsync("{");
        await members.OutputLineAsync("{");
        await members.SignalAsync("TERM");

        var views = (await members.EndAsync()).Lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["Current", "Join", "Disconnect"], views.Select(view => view.GetProperty("cause").GetString()));
        Assert.Equal(["first", "second", ""], views.Select(view => Names(view, "joined")));
        Assert.Equal(["", "", "second"], views.Select(view => Names(view, "left")));
        Assert.All(views, view => Assert.Equal(("g", ""), (view.GetProperty("group").GetString(), Names(view, "moved"))));
    }

    [Fact]
    public async Task Members_of_the_whole_mesh_are_shown_and_one_that_moves_from_a_server_that_stops_is_marked()
    {
        await using var mesh = await MeshProcesses.StartAsync(["first", "second"]);
        await using var mover = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = mesh.Endpoints, Name = "mover" });
        using var subscription = mover.Group("g").Subscribe(_ => { });
        await mover.Group("g").WhenJoinedAsync();
        await using var members = ToolProcess.Start("members", "g", "--follow", "--server", mesh.Endpoints[1]);
        Assert.Equal($"mover  {mover.Id}  first", await members.OutputLineAsync(""));

        await mesh[0].SignalAsync("TERM");

        Assert.Equal($"~ mover  {mover.Id}  second  Shutdown", await members.OutputLineAsync(""));
        Assert.Equal(0, (await mesh[0].EndAsync()).ExitCode);
        Assert.Equal("lost first: Draining: The peer has stopped", await mesh[1].ErrorLineAsync("lost "));
    }

    private async Task<MsgcClient> JoinedAsync(string group, string name)
    {
        var client = await MsgcClient.ConnectAsync(new MsgcClientOptions { Servers = [_endpoint], Name = name });
        client.Group(group).Subscribe(_ => { });
        await client.Group(group).WhenJoinedAsync();
        return client;
    }

    private static string Names(JsonElement view, string property) => string.Join(' ', view.GetProperty(property).EnumerateArray().Select(m => m.GetProperty("client").GetString()));
}
