import NIOHTTP1

/// The header of a request as its fields come, which nghttp2 has checked (RFC 9113 §8.2, §8.3): names are lower case, each pseudo-header is there once
/// and before the others.
struct HTTP2RequestHeader {
    private(set) var method = HTTPMethod.GET
    private(set) var path = ""
    private var authority: String?
    private var hasHost = false
    private var fields: [(String, String)] = []
    private var bytes = 0
    private let limit: Int

    /// - Parameter limit: bytes of names and values, and 32 for each field (RFC 9113 §6.5.2).
    init(limit: Int) {
        self.limit = limit
        fields.reserveCapacity(8)
    }

    /// Past the limit fields are counted and not kept.
    var isTooLarge: Bool { bytes > limit }

    /// - Returns: whether it can go on: not when it is several times too large.
    mutating func take(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes += name.count + value.count + 32
        if name.first == UInt8(ascii: ":") {
            takePseudo(name, value)
        } else if !isTooLarge {
            if Self.equal(name, "host") { hasHost = true }
            fields.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
        }
        return bytes <= 4 * limit + 65_536
    }

    private mutating func takePseudo(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        if Self.equal(name, ":path") {
            path = String(decoding: value, as: UTF8.self)
        } else if Self.equal(name, ":authority") {
            authority = String(decoding: value, as: UTF8.self)
        } else if Self.equal(name, ":method"), !Self.equal(value, "GET") {
            method = HTTPMethod(rawValue: String(decoding: value, as: UTF8.self))
        }
    }

    /// As HTTP/1.1 would have it: what else reads requests knows `host`.
    var head: HTTPRequestHead {
        var all = fields
        if let authority, !hasHost { all.append(("host", authority)) }
        return HTTPRequestHead(version: .init(major: 2, minor: 0), method: method, uri: path, headers: HTTPHeaders(all))
    }

    private static func equal(_ bytes: UnsafeBufferPointer<UInt8>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        for index in bytes.indices where bytes[index] != text.utf8Start[index] { return false }
        return true
    }
}
