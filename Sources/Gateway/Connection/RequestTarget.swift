/// A request's target, taken apart and cleaned: path segments are percent-decoded and free of `..`, NUL and empty segments.
struct RequestTarget: Equatable {
    /// Decoded, beginning with `/`.
    var path: Substring
    /// As sent, without the `?`.
    var query: Substring
    /// The path with percent sequences where it needs them and nowhere else; `nil`: it has and needs none.
    private var encoded: String?

    /// Path and query as they stand in a target of origin-form, for a router that reads one.
    var originForm: String {
        if let encoded { return query.isEmpty ? encoded : "\(encoded)?\(query)" }
        // Both are slices of the same text.
        return String(query.isEmpty ? path : path.base[path.startIndex..<query.endIndex])
    }

    enum Fault: Error, Equatable {
        case form, encoding, segment

        var sentence: String {
            switch self {
            case .form: "the request's target must be a path that begins with “/”"
            case .encoding: "the path holds a percent sequence that is not two hexadecimal digits of a printable UTF-8 character"
            case .segment: "the path holds an empty segment, “.” or “..”: ask for the plain path"
            }
        }
    }

    /// Origin-form or absolute-form (RFC 9112 §3.2).
    init(_ target: String) throws(Fault) {
        if let plain = Self.lengthOfPlainPath(target) {
            let mark = target.utf8.index(target.startIndex, offsetBy: plain)
            path = target[..<mark]
            query = plain == target.utf8.count ? "" : target[target.utf8.index(after: mark)...]
            return
        }
        var rest = target[...]
        if rest.utf8.first != UInt8(ascii: "/") {
            guard let scheme = ["http://", "https://"].first(where: { rest.lowercased().hasPrefix($0) }) else { throw .form }
            rest = rest.dropFirst(scheme.count)
            guard let slash = rest.utf8.firstIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }) else {
                path = "/"
                query = ""
                return
            }
            rest = rest[slash...]
            if rest.utf8.first == UInt8(ascii: "?") { rest = "/" + rest }
        }
        if let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) {
            query = rest[rest.utf8.index(after: mark)...]
            path = rest[..<mark]
        } else {
            query = ""
            path = rest
        }
        var plain = true
        for byte in path.utf8 {
            if byte == UInt8(ascii: "%") || byte >= 0x80 { plain = false }
            guard byte > 0x20, byte != 0x7f, byte != UInt8(ascii: "\\"), byte != UInt8(ascii: "#") else { throw .form }
        }
        if !plain {
            let both = try Self.decoded(path)
            path = both.path
            encoded = both.encoded
        }
        try Self.check(path)
    }

    /// Bytes before the query, when they are a path that is clean as it stands, as nearly all are: letters, digits, `-`, `_`, single slashes,
    /// and dots that do not begin a segment. `nil`: a closer look is needed.
    private static func lengthOfPlainPath(_ target: String) -> Int? {
        target.utf8.withContiguousStorageIfAvailable { bytes in
            guard bytes.first == UInt8(ascii: "/") else { return nil }
            var last = UInt8(ascii: "/")
            for index in 1..<max(1, bytes.count) {
                let byte = bytes[index]
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    break
                case UInt8(ascii: "."), UInt8(ascii: "/"): if last == UInt8(ascii: "/") { return nil }
                case UInt8(ascii: "?"): return index
                default: return nil
                }
                last = byte
            }
            return bytes.count
        } ?? nil
    }

    /// - Returns: the path without percent sequences, and with those that it needs.
    private static func decoded(_ path: Substring) throws(Fault) -> (path: Substring, encoded: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(path.utf8.count)
        var encoded = ""
        encoded.reserveCapacity(path.utf8.count)
        var iterator = path.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                Self.encode(byte, into: &encoded)
                continue
            }
            guard let high = iterator.next().flatMap(hexadecimal), let low = iterator.next().flatMap(hexadecimal) else { throw .encoding }
            let value = high << 4 | low
            // A hidden slash, backslash or control character is never part of a name of ours.
            guard value >= 0x20, value != 0x7f, value != UInt8(ascii: "/"), value != UInt8(ascii: "\\") else { throw .encoding }
            bytes.append(value)
            Self.encode(value, into: &encoded)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .encoding }
        return (text[...], encoded)
    }

    private static func encode(_ byte: UInt8, into text: inout String) {
        switch byte {
        case UInt8(ascii: "%"), UInt8(ascii: "?"), 0...0x20, 0x7f...0xff:
            text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        default: text.unicodeScalars.append(Unicode.Scalar(byte))
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Refuses `//`, `/./` and `/../`; one slash at the end is fine.
    private static func check(_ path: Substring) throws(Fault) {
        var length = 0
        var dots = 0
        var first = true
        for byte in path.utf8 {
            if byte == UInt8(ascii: "/") {
                if !first, length == 0 || (length == dots && dots <= 2) { throw .segment }
                first = false
                length = 0
                dots = 0
            } else {
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
            }
        }
        if length > 0, length == dots, dots <= 2 { throw .segment }
    }
}
