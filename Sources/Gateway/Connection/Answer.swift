import Commons
import NIOCore
import NIOHTTP1

/// A complete answer, as the live path and the door itself give them.
struct Answer {
    var status: Int
    var fields: HTTPHeaders
    var chunks: [ByteBuffer]
    /// Of the representation; for HEAD it is said though no byte is sent.
    var count: Int

    static func problem(_ status: Int, _ detail: String, retryAfter: Int? = nil, allow: String? = nil) -> Answer {
        let body = Problem(status: status, detail: detail).body
        var fields = HTTPHeaders([("content-type", Problem.contentType), ("cache-control", "no-store")])
        if status == 401 { fields.add(name: "www-authenticate", value: "Bearer realm=\"plenary\"") }
        if let retryAfter { fields.add(name: "retry-after", value: String(retryAfter)) }
        if let allow { fields.add(name: "allow", value: allow) }
        return Answer(status: status, fields: fields, chunks: [body], count: body.readableBytes)
    }
}
