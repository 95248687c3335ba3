import NIOCore

/// A value of AMF0, the encoding of RTMP's commands (Adobe AMF 0 specification, December 2007).
enum AMFValue: Equatable, Sendable {
    case number(Double)
    case boolean(Bool)
    case string(String)
    case object([AMFProperty])
    case array([AMFValue])
    case null
    case undefined
    /// Milliseconds since 1970.
    case date(Double)

    var string: String? { if case .string(let text) = self { text } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }

    /// The named property of an object; `nil` for any other value.
    subscript(name: String) -> AMFValue? {
        guard case .object(let properties) = self else { return nil }
        return properties.first { $0.name == name }?.value
    }
}

struct AMFProperty: Equatable, Sendable {
    var name: String
    var value: AMFValue

    init(_ name: String, _ value: AMFValue) {
        self.name = name
        self.value = value
    }
}

/// Reads AMF0 values of a peer that is not trusted: depth and count are bounded, strings by the message itself.
struct AMFReader {
    static let depth = 16
    static let values = 4096

    private enum Marker {
        static let number: UInt8 = 0x00, boolean: UInt8 = 0x01, string: UInt8 = 0x02, object: UInt8 = 0x03
        static let null: UInt8 = 0x05, undefined: UInt8 = 0x06, ecmaArray: UInt8 = 0x08, objectEnd: UInt8 = 0x09
        static let strictArray: UInt8 = 0x0A, date: UInt8 = 0x0B, longString: UInt8 = 0x0C, unsupported: UInt8 = 0x0D
        static let xml: UInt8 = 0x0F, typedObject: UInt8 = 0x10
    }

    private(set) var bytes: ByteBuffer
    private var count = 0

    init(_ bytes: ByteBuffer) { self.bytes = bytes }

    /// The values to the end of the message.
    static func all(_ bytes: ByteBuffer) throws(RTMPFault) -> [AMFValue] {
        var reader = AMFReader(bytes)
        var values: [AMFValue] = []
        while reader.bytes.readableBytes > 0 { values.append(try reader.value()) }
        return values
    }

    mutating func value() throws(RTMPFault) -> AMFValue { try value(depth: 0) }

    private mutating func value(depth: Int) throws(RTMPFault) -> AMFValue {
        guard depth < Self.depth else { throw .command("AMF0 values nested deeper than \(Self.depth)") }
        count += 1
        guard count <= Self.values else { throw .command("more than \(Self.values) AMF0 values in a message") }
        let marker = try integer(UInt8.self)
        switch marker {
        case Marker.number: return .number(try double())
        case Marker.boolean: return .boolean(try integer(UInt8.self) != 0)
        case Marker.string: return .string(try text(length: Int(try integer(UInt16.self))))
        case Marker.longString, Marker.xml: return .string(try text(length: Int(try integer(UInt32.self))))
        case Marker.object: return .object(try properties(depth: depth))
        case Marker.ecmaArray:
            // The count is a hint only (§2.10): the end is marked as an object's.
            _ = try integer(UInt32.self)
            return .object(try properties(depth: depth))
        case Marker.typedObject:
            _ = try text(length: Int(try integer(UInt16.self)))
            return .object(try properties(depth: depth))
        case Marker.strictArray: return .array(try elements(depth: depth))
        case Marker.date:
            let time = try double()
            _ = try integer(UInt16.self)
            return .date(time)
        case Marker.null: return .null
        case Marker.undefined, Marker.unsupported: return .undefined
        default: throw .command("an AMF0 value of kind 0x\(String(marker, radix: 16))")
        }
    }

    private mutating func properties(depth: Int) throws(RTMPFault) -> [AMFProperty] {
        var properties: [AMFProperty] = []
        while true {
            let name = try text(length: Int(try integer(UInt16.self)))
            if name.isEmpty, bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == Marker.objectEnd {
                bytes.moveReaderIndex(forwardBy: 1)
                return properties
            }
            properties.append(AMFProperty(name, try value(depth: depth + 1)))
        }
    }

    private mutating func elements(depth: Int) throws(RTMPFault) -> [AMFValue] {
        let length = Int(try integer(UInt32.self))
        guard length <= bytes.readableBytes else { throw .command("an AMF0 array longer than its message") }
        var elements: [AMFValue] = []
        for _ in 0..<length { elements.append(try value(depth: depth + 1)) }
        return elements
    }

    private mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(RTMPFault) -> T {
        guard let value = bytes.readInteger(as: type) else { throw .command("AMF0 ends within a value") }
        return value
    }

    private mutating func double() throws(RTMPFault) -> Double { Double(bitPattern: try integer(UInt64.self)) }

    private mutating func text(length: Int) throws(RTMPFault) -> String {
        guard let text = bytes.readString(length: length) else { throw .command("AMF0 ends within a string") }
        return text
    }
}

extension ByteBuffer {
    /// Appends a value as AMF0; strings are ours and shorter than 64 KiB.
    mutating func writeAMF0(_ value: AMFValue) {
        switch value {
        case .number(let number): writeMultipleIntegers(UInt8(0x00), number.bitPattern)
        case .boolean(let flag): writeMultipleIntegers(UInt8(0x01), UInt8(flag ? 1 : 0))
        case .string(let text):
            writeInteger(UInt8(0x02))
            writeAMF0Name(text)
        case .object(let properties):
            writeInteger(UInt8(0x03))
            for property in properties {
                writeAMF0Name(property.name)
                writeAMF0(property.value)
            }
            writeMultipleIntegers(UInt16(0), UInt8(0x09))
        case .array(let elements):
            writeMultipleIntegers(UInt8(0x0A), UInt32(elements.count))
            for element in elements { writeAMF0(element) }
        case .null: writeInteger(UInt8(0x05))
        case .undefined: writeInteger(UInt8(0x06))
        case .date(let time): writeMultipleIntegers(UInt8(0x0B), time.bitPattern, UInt16(0))
        }
    }

    private mutating func writeAMF0Name(_ text: String) {
        precondition(text.utf8.count <= UInt16.max)
        writeInteger(UInt16(text.utf8.count))
        writeString(text)
    }
}
