import NIOHTTP1

/// What a request's header must satisfy before anything looks at it.
enum RequestChecks {
    static func refusal(of head: HTTPRequestHead, isHTTP2: Bool, limits: DoorLimits, room: BodyRoom) -> (status: Int, sentence: String)? {
        if head.uri.utf8.count > limits.targetBytes { return (414, "the request's target is longer than \(limits.targetBytes) bytes") }
        if !isHTTP2, head.version.hasChunks {
            // RFC 9112 §3.2: exactly one.
            let hosts = head.headers[canonicalForm: "host"].count
            if hosts != 1 { return (400, hosts == 0 ? "the Host field is missing" : "there is more than one Host field") }
        }
        if isHTTP2, head.headers.reduce(0, { $0 + $1.name.utf8.count + $1.value.utf8.count }) > limits.headerBytes {
            return (431, "the request's header fields are larger than \(limits.headerBytes) bytes")
        }
        if let length = head.headers.first(name: "content-length"), (Int(length) ?? .max) > room.bytes { return room.refusal }
        if let expectation = head.headers.first(name: "expect"), expectation.lowercased() != "100-continue" {
            return (417, "the only expectation met here is 100-continue")
        }
        return nil
    }
}

extension HTTPVersion {
    /// HTTP/1.1 and later: chunked bodies, `100 Continue`, a required Host.
    var hasChunks: Bool { (major, minor) >= (1, 1) }
}
