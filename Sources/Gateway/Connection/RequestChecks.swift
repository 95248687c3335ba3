import NIOHTTP1

/// What a request's header must satisfy before anything looks at it.
enum RequestChecks {
    static func refusal(
        of head: HTTPRequestHead, fields: RequestFields, isHTTP2: Bool, limits: DoorLimits, room: BodyRoom
    ) -> (status: Int, sentence: String)? {
        if head.uri.utf8.count > limits.targetBytes { return (414, "the request's target is longer than \(limits.targetBytes) bytes") }
        if !isHTTP2, head.version.hasChunks {
            // RFC 9112 §3.2: exactly one.
            guard fields.hosts == 1 else {
                return (400, fields.hosts == 0 ? "the Host field is missing" : "there is more than one Host field")
            }
        }
        if isHTTP2, fields.bytes > limits.headerBytes {
            return (431, "the request's header fields are larger than \(limits.headerBytes) bytes")
        }
        if fields.has(.contentLength), let length = head.headers.first(name: "content-length"), (Int(length) ?? .max) > room.bytes {
            return room.refusal
        }
        if fields.has(.expect), let expectation = head.headers.first(name: "expect"), expectation.lowercased() != "100-continue" {
            return (417, "the only expectation met here is 100-continue")
        }
        return nil
    }
}

extension HTTPVersion {
    /// HTTP/1.1 and later: chunked bodies, `100 Continue`, a required Host.
    var hasChunks: Bool { major > 1 || major == 1 && minor >= 1 }
}
