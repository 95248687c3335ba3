import NIOHTTP1

/// A request as players and browsers send nearly all of theirs: GET or HEAD of a path, whole, without a body, and without anything that
/// could be read in two ways. What it accepts is a subset of what the HTTP parser accepts, and comes out the same; for all else there is
/// the parser. Nothing here frames a body, so there is no disagreement about where a request ends.
struct PlainRequest: Equatable {
    let header: RequestHeader
    /// Of the request, with the empty line at its end.
    let byteCount: Int

    enum Reading: Equatable {
        case request(PlainRequest)
        /// Well-formed as far as it goes; its end is missing.
        case unfinished
        /// Only the parser can tell.
        case other
    }

    private static let fieldLimit = 64

    /// Reads the request at the beginning of `bytes`.
    /// - Parameter limit: of its bytes; the parser counts a longer one closely.
    static func read(_ bytes: UnsafeRawBufferPointer, limit: Int) -> Reading {
        var scan = Scan(bytes: bytes)
        let method: HTTPMethod
        switch scan.take("GET ", or: "HEAD ") {
        case .first: method = .GET
        case .second: method = .HEAD
        case .unfinished: return .unfinished
        case .neither: return .other
        }
        let target = scan.run(of: .target)
        guard target.lowerBound < bytes.count else { return .unfinished }
        guard bytes[target.lowerBound] == UInt8(ascii: "/") else { return .other }
        switch scan.take(" HTTP/1.1\r\n") {
        case .first: break
        case .unfinished: return scan.at <= limit ? .unfinished : .other
        default: return .other
        }
        var fields: [(String, String)] = []
        fields.reserveCapacity(8)
        var saysConnection = false
        var closes = false
        while true {
            guard scan.at < limit else { return .other }
            switch scan.take("\r\n") {
            case .first:
                guard scan.at <= limit else { return .other }
                let head = HTTPRequestHead(
                    version: .http1_1, method: method, uri: text(bytes, target), headers: HTTPHeaders(fields))
                return .request(PlainRequest(header: RequestHeader(head, keepsAlive: !closes), byteCount: scan.at))
            case .unfinished: return .unfinished
            default: break
            }
            let name = scan.run(of: .token)
            guard scan.at < bytes.count else { return .unfinished }
            guard !name.isEmpty, bytes[scan.at] == UInt8(ascii: ":"), fields.count < fieldLimit else { return .other }
            scan.at += 1
            while scan.at < bytes.count, isBlank(bytes[scan.at]) { scan.at += 1 }
            let value = scan.run(of: .value)
            switch scan.take("\r\n") {
            case .first: break
            case .unfinished: return .unfinished
            default: return .other
            }
            // The parser has its own way with white space at the end.
            guard let last = value.last, !isBlank(bytes[last]) else { return .other }
            switch Meaning(bytes, name, value) {
            case .none: break
            case .parsers: return .other
            case .connection(let isLast):
                guard !saysConnection else { return .other }
                saysConnection = true
                closes = isLast
            }
            fields.append((text(bytes, name), text(bytes, value)))
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }
}

/// What a field says about the connection or about where the request ends.
private enum Meaning {
    case none
    /// It stays, or this request is the last.
    case connection(isLast: Bool)
    /// Something that only the parser may decide.
    case parsers

    init(_ bytes: UnsafeRawBufferPointer, _ name: Range<Int>, _ value: Range<Int>) {
        self = .none
        // Few lengths are those of a name that matters.
        switch name.count {
        case 6: if Self.match(bytes, name, "expect") { self = .parsers }
        case 7: if Self.match(bytes, name, "upgrade") || Self.match(bytes, name, "trailer") { self = .parsers }
        case 10:
            guard Self.match(bytes, name, "connection") else { return }
            if Self.match(bytes, value, "keep-alive") {
                self = .connection(isLast: false)
            } else {
                self = Self.match(bytes, value, "close") ? .connection(isLast: true) : .parsers
            }
        case 14: if Self.match(bytes, name, "content-length") { self = .parsers }
        case 16: if Self.match(bytes, name, "proxy-connection") { self = .parsers }
        case 17: if Self.match(bytes, name, "transfer-encoding") { self = .parsers }
        default: break
        }
    }

    /// Whether these bytes are `text`, which is in lower case, in upper case or lower.
    private static func match(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ text: StaticString) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<range.count {
            let byte = bytes[range.lowerBound + offset]
            let lower = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
            guard lower == text.utf8Start[offset] else { return false }
        }
        return true
    }
}

/// A place in the bytes of a request.
private struct Scan {
    enum Taken { case first, second, unfinished, neither }

    let bytes: UnsafeRawBufferPointer
    var at = 0

    /// Steps over one of these, or stays.
    mutating func take(_ first: StaticString, or second: StaticString? = nil) -> Taken {
        var isBegun = false
        switch compare(first) {
        case .first:
            at += first.utf8CodeUnitCount
            return .first
        case .unfinished: isBegun = true
        default: break
        }
        guard let second else { return isBegun ? .unfinished : .neither }
        switch compare(second) {
        case .first:
            at += second.utf8CodeUnitCount
            return .second
        case .unfinished: return .unfinished
        default: return isBegun ? .unfinished : .neither
        }
    }

    private func compare(_ text: StaticString) -> Taken {
        let length = text.utf8CodeUnitCount
        let there = min(length, bytes.count - at)
        for offset in 0..<there where bytes[at + offset] != text.utf8Start[offset] { return .neither }
        return there == length ? .first : .unfinished
    }

    /// Steps over all bytes of a kind.
    mutating func run(of kind: ByteKind) -> Range<Int> {
        let start = at
        let end = bytes.count
        while at < end, kind.contains(bytes[at]) { at += 1 }
        return start..<at
    }
}

/// A set of ASCII characters.
private struct ByteKind {
    private let low: UInt64
    private let high: UInt64

    private init(_ holds: (UInt8) -> Bool) {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for byte in UInt8(0)..<64 where holds(byte) { low |= 1 << UInt64(byte) }
        for byte in UInt8(64)..<128 where holds(byte) { high |= 1 << UInt64(byte - 64) }
        self.low = low
        self.high = high
    }

    @inline(__always) func contains(_ byte: UInt8) -> Bool {
        byte < 64 ? low & (1 << UInt64(byte)) != 0 : byte < 128 && high & (1 << UInt64(byte - 64)) != 0
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func some(_ text: StaticString, _ byte: UInt8) -> Bool {
        (0..<text.utf8CodeUnitCount).contains { text.utf8Start[$0] == byte }
    }

    /// Path and query (RFC 3986 §3.3, §3.4).
    static let target = ByteKind { isAlphanumeric($0) || some("-._~%!$&'()*+,;=:@/?", $0) }
    /// A field's name (RFC 9110 §5.6.2).
    static let token = ByteKind { isAlphanumeric($0) || some("!#$%&'*+-.^_`|~", $0) }
    /// A field's value (RFC 9110 §5.5), without what the parser alone may judge.
    static let value = ByteKind { $0 >= 0x20 && $0 < 0x7f || $0 == UInt8(ascii: "\t") }
}
