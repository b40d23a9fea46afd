namespace Msgc.Reactive.Tests.Mesh;

/// <summary>Servers find each other and hold one link per pair. (contract, "§6")</summary>
public sealed class FormationTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Servers_form_a_full_mesh_with_one_link_per_pair(int servers)
    {
        using var cluster = new Cluster(servers);
        cluster.Settle();
        cluster.AssertFullMesh();
        cluster.Advance(60);
        cluster.AssertFullMesh();
    }
}
