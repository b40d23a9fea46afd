using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Msgc.Reactive.Tests.Architecture;

/// <summary>
/// Which types the types of a compiled assembly mention: as base, interface, field, in signatures, locals and bodies. What is nested, the
/// compiler's own classes for lambdas and async methods included, counts as its outermost type. Constants and enum values leave no trace
/// in bodies: the compiler has replaced them by numbers.
/// </summary>
internal sealed class TypeReferences
{
    private static readonly Dictionary<short, OperandType> Operands = typeof(OpCodes).GetFields()
        .Where(f => f.FieldType == typeof(OpCode)).Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => o.Value, o => o.OperandType);

    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly Collector _collector;
    private HashSet<TypeName> _found = [];

    private TypeReferences(PEReader file)
    {
        _file = file;
        _metadata = file.GetMetadataReader();
        _collector = new Collector(this);
    }

    /// <summary>Each type of the assembly with those it mentions.</summary>
    public static Dictionary<TypeName, HashSet<TypeName>> Of(string assembly) => Read(assembly, references =>
    {
        var all = new Dictionary<TypeName, HashSet<TypeName>>();
        foreach (var handle in references._metadata.TypeDefinitions)
        {
            var name = references.Outermost(handle);
            if (!all.TryGetValue(name, out var found)) all.Add(name, found = []);
            references._found = found;
            references.Collect(references._metadata.GetTypeDefinition(handle));
        }
        return all;
    });

    /// <summary>The outermost types that have async methods or async iterators.</summary>
    public static HashSet<TypeName> Async(string assembly) => Read(assembly, references => references._metadata.MethodDefinitions
        .Where(m => references._metadata.GetMethodDefinition(m).GetCustomAttributes().Any(a =>
            references.NameOf(references._metadata.GetCustomAttribute(a).Constructor).Name is "AsyncStateMachineAttribute" or "AsyncIteratorStateMachineAttribute"))
        .Select(m => references.Outermost(references._metadata.GetMethodDefinition(m).GetDeclaringType())).ToHashSet());

    /// <summary>The simple names of the assemblies that it refers to.</summary>
    public static List<string> Assemblies(string assembly) => Read(assembly, references =>
        references._metadata.AssemblyReferences.Select(a => references._metadata.GetString(references._metadata.GetAssemblyReference(a).Name)).ToList());

    private static T Read<T>(string assembly, Func<TypeReferences, T> read)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        return read(new TypeReferences(file));
    }

    private void Collect(TypeDefinition type)
    {
        Add(type.BaseType);
        foreach (var handle in type.GetInterfaceImplementations()) Add(_metadata.GetInterfaceImplementation(handle).Interface);
        Collect(type.GetGenericParameters());
        foreach (var handle in type.GetFields()) _metadata.GetFieldDefinition(handle).DecodeSignature(_collector, null);
        foreach (var handle in type.GetMethods())
        {
            var method = _metadata.GetMethodDefinition(handle);
            method.DecodeSignature(_collector, null);
            Collect(method.GetGenericParameters());
            if (method.RelativeVirtualAddress != 0) Collect(_file.GetMethodBody(method.RelativeVirtualAddress));
        }
    }

    private void Collect(GenericParameterHandleCollection parameters)
    {
        foreach (var parameter in parameters)
        {
            foreach (var constraint in _metadata.GetGenericParameter(parameter).GetConstraints()) Add(_metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private void Collect(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil) _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_collector, null);
        foreach (var region in body.ExceptionRegions) Add(region.CatchType);
        var code = body.GetILReader();
        while (code.RemainingBytes > 0)
        {
            short value = code.ReadByte();
            if (value == 0xFE) value = unchecked((short)(0xFE00 | code.ReadByte()));
            switch (Operands[value])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    Add(MetadataTokens.EntityHandle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case var operand:
                    code.Offset += Size(operand);
                    break;
            }
        }
    }

    private static int Size(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    private void Add(EntityHandle handle)
    {
        if (handle.IsNil) return;
        switch (handle.Kind)
        {
            case HandleKind.TypeSpecification:
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(_collector, null);
                break;
            case HandleKind.MethodSpecification:
                var method = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                method.DecodeSignature(_collector, null);
                Add(method.Method);
                break;
            case HandleKind.MemberReference:
                Add(_metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
                break;
            case HandleKind.TypeDefinition or HandleKind.TypeReference or HandleKind.MethodDefinition or HandleKind.FieldDefinition:
                _found.Add(NameOf(handle));
                break;
        }
    }

    private TypeName NameOf(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeDefinition => Outermost((TypeDefinitionHandle)handle),
        HandleKind.TypeReference => Outermost((TypeReferenceHandle)handle),
        HandleKind.MethodDefinition => Outermost(_metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType()),
        HandleKind.FieldDefinition => Outermost(_metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType()),
        HandleKind.MemberReference => NameOf(_metadata.GetMemberReference((MemberReferenceHandle)handle).Parent),
        _ => default,
    };

    private TypeName Outermost(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType() is { IsNil: false } outer ? Outermost(outer) : new TypeName(_metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }

    private TypeName Outermost(TypeReferenceHandle handle)
    {
        var type = _metadata.GetTypeReference(handle);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? Outermost((TypeReferenceHandle)type.ResolutionScope)
            : new TypeName(_metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }

    /// <summary>Walks signatures and adds each type it meets.</summary>
    private sealed class Collector(TypeReferences references) : ISignatureTypeProvider<bool, object?>
    {
        public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => references._found.Add(references.Outermost(handle));

        public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => references._found.Add(references.Outermost(handle));

        public bool GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => true;

        public bool GetFunctionPointerType(MethodSignature<bool> signature) => true;

        public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => true;

        public bool GetArrayType(bool elementType, ArrayShape shape) => true;

        public bool GetByReferenceType(bool elementType) => true;

        public bool GetGenericMethodParameter(object? genericContext, int index) => true;

        public bool GetGenericTypeParameter(object? genericContext, int index) => true;

        public bool GetPinnedType(bool elementType) => true;

        public bool GetPointerType(bool elementType) => true;

        public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => true;

        public bool GetSZArrayType(bool elementType) => true;
    }
}

/// <summary>A type's namespace and name.</summary>
internal readonly record struct TypeName(string Namespace, string Name);
