extension JSONValue {
    /// What `value` encodes: whole numbers, texts, truths, lists and structures of them. A `JSONValue` in it stays as it is.
    ///
    /// Traps on anything else, a floating-point number for one: the wire has none.
    package init(encoding value: some Encodable) {
        do { self = try Self.encode(value) } catch { preconditionFailure("\(type(of: value)) has no place on the wire: \(error)") }
    }

    fileprivate static func encode<Value: Encodable>(_ value: Value) throws -> JSONValue {
        if let json = value as? JSONValue { return json }
        // Who is there, and who voted how, in a council of hundreds: without a container for each.
        if let texts = value as? [String: String] { return .object(texts.mapValues(JSONValue.string)) }
        if let flags = value as? [String: Bool] { return .object(flags.mapValues(JSONValue.bool)) }
        if let texts = value as? [String] { return .array(texts.map(JSONValue.string)) }
        let encoder = ValueEncoder()
        try value.encode(to: encoder)
        return encoder.value
    }
}

/// Collects what one value encodes.
private final class ValueEncoder: Encoder {
    var fields: [String: JSONValue] = [:]
    var elements: [JSONValue]?
    var single: JSONValue?
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    var value: JSONValue { single ?? elements.map(JSONValue.array) ?? .object(fields) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> { KeyedEncodingContainer(Fields(encoder: self)) }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        elements = elements ?? []
        return Elements(encoder: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }

    static func unsupported() -> Never {
        preconditionFailure("the wire's values are structures of structures: no container stands in another")
    }
}

private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: ValueEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) { encoder.fields[key.stringValue] = .null }
    // What most fields are, without a look at its type.
    func encode(_ value: String, forKey key: Key) { encoder.fields[key.stringValue] = .string(value) }
    func encode(_ value: Bool, forKey key: Key) { encoder.fields[key.stringValue] = .bool(value) }
    func encode(_ value: Int, forKey key: Key) { encoder.fields[key.stringValue] = .integer(Int64(value)) }
    func encode(_ value: Int64, forKey key: Key) { encoder.fields[key.stringValue] = .integer(value) }
    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        encoder.fields[key.stringValue] = try JSONValue.encode(value)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        ValueEncoder.unsupported()
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { ValueEncoder.unsupported() }
    func superEncoder() -> any Encoder { ValueEncoder.unsupported() }
    func superEncoder(forKey key: Key) -> any Encoder { ValueEncoder.unsupported() }
}

private struct Elements: UnkeyedEncodingContainer {
    let encoder: ValueEncoder
    var codingPath: [any CodingKey] { [] }
    var count: Int { encoder.elements?.count ?? 0 }

    func encodeNil() { encoder.elements?.append(.null) }
    func encode<Value: Encodable>(_ value: Value) throws { encoder.elements?.append(try JSONValue.encode(value)) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> { ValueEncoder.unsupported() }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { ValueEncoder.unsupported() }
    func superEncoder() -> any Encoder { ValueEncoder.unsupported() }
}

private struct Single: SingleValueEncodingContainer {
    let encoder: ValueEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil() { encoder.single = .null }
    func encode<Value: Encodable>(_ value: Value) throws {
        switch value {
        case let flag as Bool: encoder.single = .bool(flag)
        case let text as String: encoder.single = .string(text)
        case let number as any BinaryInteger: encoder.single = .integer(Int64(number))
        case is any BinaryFloatingPoint:
            throw EncodingError.invalidValue(value, EncodingError.Context(codingPath: [], debugDescription: "no whole number"))
        default: encoder.single = try JSONValue.encode(value)
        }
    }
}
