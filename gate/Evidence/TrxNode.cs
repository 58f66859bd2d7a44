using System.Xml;

namespace TemporalConformance.Gate;

/// <summary>
/// An element of a TRX with the place it stands at. The file comes from outside: no DTD, no entity, nothing fetched, and
/// a bound on size and depth, so that a hostile or damaged file costs an error and not the machine.
/// </summary>
internal sealed class TrxNode
{
    /// <summary>Characters; a run of some hundred checks has less than one million.</summary>
    public const long MaxCharacters = 64 * 1024 * 1024;

    /// <summary>A TRX is eight deep.</summary>
    public const int MaxDepth = 32;

    private readonly List<TrxNode> _children = [];
    private readonly Dictionary<string, string> _attributes = new(StringComparer.Ordinal);
    private readonly string _file;

    private TrxNode(string file, XmlReader reader)
    {
        _file = file;
        Name = reader.LocalName;
        Namespace = reader.NamespaceURI;
        (Line, Column) = Place(reader);
    }

    public string Name { get; }

    public string Namespace { get; }

    public int Line { get; }

    public int Column { get; }

    /// <summary>The text directly inside, whitespace kept.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Reads the root element and everything in it.</summary>
    /// <exception cref="GateInputException">Not well-formed, cut short, or beyond the bounds.</exception>
    public static TrxNode Read(string xml, string file)
    {
        const string Wanted = "a whole, well-formed TRX";
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MaxCharacters,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        };
        using var reader = XmlReader.Create(new StringReader(xml), settings);
        try
        {
            TrxNode? root = null;
            var open = new Stack<TrxNode>();
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        var node = new TrxNode(file, reader);
                        if (open.Count >= MaxDepth)
                        {
                            throw node.Error($"elements at most {MaxDepth} deep", $"<{node.Name}> at depth {open.Count + 1}");
                        }

                        if (open.TryPeek(out var parent))
                        {
                            parent._children.Add(node);
                        }

                        root ??= node;
                        if (!reader.IsEmptyElement)
                        {
                            open.Push(node);
                        }

                        while (reader.MoveToNextAttribute())
                        {
                            node._attributes[reader.LocalName] = reader.Value;
                        }

                        break;
                    case XmlNodeType.EndElement:
                        open.Pop();
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                        open.Peek().Text += reader.Value;
                        break;
                    default:
                        break;
                }
            }

            return root!;
        }
        catch (XmlException e)
        {
            throw new GateInputException(file, e.LineNumber, e.LinePosition, Wanted, e.Message.TrimEnd('.'));
        }
    }

    /// <summary>The children with this name.</summary>
    public IEnumerable<TrxNode> All(string name) => _children.Where(child => child.Name == name);

    /// <summary>The one child with this name, or null.</summary>
    /// <exception cref="GateInputException">There are several.</exception>
    public TrxNode? Optional(string name)
    {
        var found = All(name).Take(2).ToList();
        return found.Count < 2 ? found.FirstOrDefault() : throw found[1].Error($"one <{name}> in <{Name}>", "a second one");
    }

    /// <summary>The one child with this name.</summary>
    /// <exception cref="GateInputException">There is none, or several.</exception>
    public TrxNode Only(string name) => Optional(name) ?? throw Error($"one <{name}> in <{Name}>", "none");

    /// <summary>An attribute's value, or null.</summary>
    public string? AttributeOrNull(string attribute) => _attributes.GetValueOrDefault(attribute);

    /// <summary>An attribute's value.</summary>
    /// <exception cref="GateInputException">It is not there.</exception>
    public string Attribute(string attribute) => _attributes.GetValueOrDefault(attribute) ?? throw Error($"attribute {attribute} on <{Name}>", "none");

    /// <summary>What is wrong here.</summary>
    public GateInputException Error(string wanted, string observed) => new(_file, Line, Column, wanted, observed);

    private static (int Line, int Column) Place(XmlReader reader) =>
        reader is IXmlLineInfo info && info.HasLineInfo() ? (info.LineNumber, info.LinePosition) : (0, 0);
}
