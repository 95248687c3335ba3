import Commons

/// A short response, after which the connection is closed.
struct HTTPRefusal: Error, Equatable {
    var status: Int
    var sentence: String
    var fields: [String]

    init(_ status: Int, _ sentence: String, fields: [String] = []) {
        self.status = status
        self.sentence = sentence
        self.fields = fields
    }

    /// The whole answer, an RFC 9457 problem.
    var bytes: [UInt8] {
        let body = Problem(status: status, detail: sentence).json() + Array("\n".utf8)
        let lines =
            ["HTTP/1.1 \(status) \(HTTPStatus.phrase(status))", "Content-Type: \(Problem.contentType)", "Content-Length: \(body.count)"]
            + ["Cache-Control: no-store", "Connection: \(status == 426 ? "close, Upgrade" : "close")"]
            + fields.filter { !$0.hasPrefix("Connection:") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }

    /// The answer that opens the channel (RFC 6455 §4.2.2).
    static func upgraded(accept: String, to subprotocol: String) -> [UInt8] {
        Array(
            """
            HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(accept)\r\n\
            Sec-WebSocket-Protocol: \(subprotocol)\r\n\r\n
            """.utf8)
    }
}
