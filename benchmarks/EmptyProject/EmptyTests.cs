using Xunit;

namespace TemporalConformance.EmptyProject;

/// <summary>The least that can be run.</summary>
public sealed class EmptyTests
{
    [Fact]
    public void One_is_one() => Assert.Equal(1, 1);
}
