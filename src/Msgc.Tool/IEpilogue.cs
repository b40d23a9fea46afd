namespace Msgc.Tool;

/// <summary>Ends its help with examples and notes.</summary>
internal interface IEpilogue
{
    /// <summary>Lines of text; those of examples start with two spaces and "$ ".</summary>
    string Epilogue { get; }
}
