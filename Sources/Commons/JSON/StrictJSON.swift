/// Reads JSON (RFC 8259) that others wrote, refusing what readers disagree about: double keys, numbers beyond measure, half
/// surrogates, endless depth.
package struct StrictJSON {
    package static let depthLimit = 64

    /// What is wrong with the text, and where: line and column from 1, as in `JSONNode`.
    package struct Fault: Error, Hashable, Sendable {
        package var line: Int
        package var column: Int
        /// What is wrong and the remedy.
        package var problem: String

        package init(line: Int, column: Int, problem: String) {
            self.line = line
            self.column = column
            self.problem = problem
        }
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    package static func parse(_ text: String) throws(Fault) -> JSONNode {
        var reader = StrictJSON(scalars: Array(text.unicodeScalars))
        let node = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.index == reader.scalars.count else { throw reader.fault("there is more after the end of the JSON; remove it") }
        return node
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private mutating func value(depth: Int) throws(Fault) -> JSONNode {
        skipSpace()
        guard depth < Self.depthLimit else { throw fault("the JSON is nested deeper than \(Self.depthLimit); flatten it") }
        let (startLine, startColumn) = (line, column)
        let value: JSONNode.Value =
            switch peek {
            case "{": .object(try object(depth: depth))
            case "[": .array(try array(depth: depth))
            case "\"": .string(try string())
            case "t": try word("true", .bool(true))
            case "f": try word("false", .bool(false))
            case "n": try word("null", .null)
            case nil: throw fault("the JSON ends too early; complete it")
            default: .number(try number())
            }
        return JSONNode(value: value, line: startLine, column: startColumn)
    }

    private mutating func object(depth: Int) throws(Fault) -> [String: JSONNode] {
        index += 1
        var entries: [String: JSONNode] = [:]
        skipSpace()
        if take("}") { return entries }
        while true {
            skipSpace()
            guard peek == "\"" else { throw fault("a key in double quotes is expected") }
            let keyFault = fault("this key is there twice; keep one")
            let key = try string()
            skipSpace()
            guard take(":") else { throw fault("a colon is expected after the key") }
            if entries.updateValue(try value(depth: depth + 1), forKey: key) != nil { throw keyFault }
            skipSpace()
            if take("}") { return entries }
            guard take(",") else { throw fault("a comma or } is expected") }
        }
    }

    private mutating func array(depth: Int) throws(Fault) -> [JSONNode] {
        index += 1
        var items: [JSONNode] = []
        skipSpace()
        if take("]") { return items }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if take("]") { return items }
            guard take(",") else { throw fault("a comma or ] is expected") }
        }
    }

    private mutating func string() throws(Fault) -> String {
        index += 1
        var text = String.UnicodeScalarView()
        while let scalar = peek {
            switch scalar {
            case "\"":
                index += 1
                return String(text)
            case "\\": text.append(try escape())
            case _ where scalar.value < 0x20: throw fault("a control character is in a string; write it as an escape")
            default:
                text.append(scalar)
                index += 1
            }
        }
        throw fault("a string is opened and never closed; close it")
    }

    private mutating func escape() throws(Fault) -> Unicode.Scalar {
        index += 1
        let letter = peek
        index += 1
        switch letter {
        case "\"", "\\", "/": return letter ?? "/"
        case "b": return "\u{8}"
        case "f": return "\u{C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "u": return try unicode()
        default: throw fault("no such escape; use one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
        }
    }

    private mutating func unicode() throws(Fault) -> Unicode.Scalar {
        let high = try fourDigits()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, take("\\"), take("u") else { throw fault("half a character is escaped; escape both halves") }
        let low = try fourDigits()
        guard (0xDC00...0xDFFF).contains(low), let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) else {
            throw fault("half a character is escaped; escape both halves")
        }
        return scalar
    }

    private mutating func fourDigits() throws(Fault) -> UInt32 {
        guard index + 4 <= scalars.count else { throw fault("four hexadecimal digits are expected") }
        var value: UInt32 = 0
        for scalar in scalars[index..<index + 4] {
            guard scalar.isASCII, let digit = Character(scalar).hexDigitValue else { throw fault("four hexadecimal digits are expected") }
            value = value << 4 | UInt32(digit)
        }
        index += 4
        return value
    }

    private mutating func number() throws(Fault) -> String {
        let start = index
        let startFault = fault("this is no JSON value; quote it if it is text")
        _ = take("-")
        let leadingZero = peek == "0"
        guard digits() > 0, !leadingZero || index - start <= (scalars[start] == "-" ? 2 : 1) else { throw startFault }
        if take("."), digits() == 0 { throw startFault }
        if peek == "e" || peek == "E" {
            index += 1
            if peek == "+" || peek == "-" { index += 1 }
            if digits() == 0 { throw startFault }
        }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<index])
        guard index - start <= 40, let number = Double(String(text)), number.isFinite else {
            throw Fault(line: line, column: start - lineStart + 1, problem: "the number is beyond measure; write a smaller one")
        }
        return String(text)
    }

    /// Digits passed over.
    private mutating func digits() -> Int {
        let start = index
        while let scalar = peek, ("0"..."9").contains(scalar) { index += 1 }
        return index - start
    }

    private mutating func word(_ word: String, _ value: JSONNode.Value) throws(Fault) -> JSONNode.Value {
        let here = fault("this is no JSON value; quote it if it is text")
        for scalar in word.unicodeScalars where !take(scalar) { throw here }
        return value
    }

    private mutating func skipSpace() {
        while let scalar = peek {
            switch scalar {
            case "\n":
                index += 1
                line += 1
                lineStart = index
            case " ", "\t", "\r": index += 1
            default: return
            }
        }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        index += 1
        return true
    }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    private var column: Int { index - lineStart + 1 }

    private func fault(_ problem: String) -> Fault { Fault(line: line, column: column, problem: problem) }
}
