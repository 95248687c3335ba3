/// A small JSON object of texts, whole numbers and lists of texts, read strictly (RFC 8259): what a request about tokens and sessions says.
struct FlatJSON {
    enum Value: Equatable {
        case text(String)
        case number(Int)
        case texts([String])
        case null
    }

    struct Fault: Error, Equatable { var sentence: String }

    private var rest: ArraySlice<UInt8>

    /// - Parameter known: the fields that may stand there; another one, and one that is there twice, is a fault.
    static func fields(_ body: [UInt8], known: [String]) throws(Fault) -> [String: Value] {
        guard String(validating: body, as: UTF8.self) != nil else { throw Fault(sentence: "the body is not UTF-8") }
        var reader = FlatJSON(rest: body[...])
        var fields: [String: Value] = [:]
        try reader.expect("{", "the body is no JSON object")
        if !reader.take("}") {
            repeat {
                let name = try reader.string()
                guard known.contains(name) else {
                    throw Fault(sentence: "“\(name.prefix(60))” is not a field here; use \(known.joined(separator: ", "))")
                }
                try reader.expect(":", "a colon is expected after “\(name)”")
                guard fields.updateValue(try reader.value(of: name), forKey: name) == nil else {
                    throw Fault(sentence: "“\(name)” is there twice; keep one")
                }
            } while reader.take(",")
            try reader.expect("}", "a comma or } is expected")
        }
        reader.skipSpace()
        guard reader.rest.isEmpty else { throw Fault(sentence: "there is more after the end of the JSON; remove it") }
        return fields
    }

    private mutating func value(of name: String) throws(Fault) -> Value {
        skipSpace()
        switch rest.first {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "["):
            rest.removeFirst()
            var items: [String] = []
            if take("]") { return .texts([]) }
            repeat { items.append(try string()) } while take(",")
            try expect("]", "a comma or ] is expected")
            return .texts(items)
        case UInt8(ascii: "n"):
            guard rest.starts(with: "null".utf8) else { break }
            rest = rest.dropFirst(4)
            return .null
        default:
            let digits = rest.prefix { $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            let text = String(decoding: digits, as: UTF8.self)
            let isPlain = text == "0" || text.drop { $0 == "-" }.first.map { $0 != "0" } == true
            guard let number = Int(text), isPlain,
                ![UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(rest.dropFirst(digits.count).first)
            else { break }
            rest = rest.dropFirst(digits.count)
            return .number(number)
        }
        throw Fault(sentence: "“\(name)” is neither text, a whole number nor a list of texts")
    }

    private mutating func string() throws(Fault) -> String {
        try expect("\"", "text in double quotes is expected")
        var units: [UInt16] = []
        var bytes: [UInt8] = []
        func flushed(_ units: inout [UInt16]) throws(Fault) -> [UInt8] {
            guard !units.isEmpty else { return [] }
            guard let text = String(validating: units, as: UTF16.self) else { throw Fault(sentence: "half a character is escaped") }
            units = []
            return Array(text.utf8)
        }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\") {
                units.append(try escape())
                continue
            }
            bytes += try flushed(&units)
            if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
            guard byte >= 0x20 else { throw Fault(sentence: "a control character is in a text; write it as an escape") }
            bytes.append(byte)
        }
        throw Fault(sentence: "a text is opened and never closed; close it")
    }

    private mutating func escape() throws(Fault) -> UInt16 {
        switch rest.popFirst() {
        case UInt8(ascii: "\""): return 0x22
        case UInt8(ascii: "\\"): return 0x5C
        case UInt8(ascii: "/"): return 0x2F
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            let digits = rest.prefix(4)
            guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
            else { break }
            rest = rest.dropFirst(4)
            return unit
        default: break
        }
        throw Fault(sentence: "no such escape in a text")
    }

    private mutating func skipSpace() { rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) } }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar, _ sentence: String) throws(Fault) {
        if !take(character) { throw Fault(sentence: sentence) }
    }
}
