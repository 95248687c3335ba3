/// A short answer, after which the connection is closed.
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
        // Sentences are ours, save for hall names and query names, which hold neither quotes nor backslashes.
        let body = #"{"type":"about:blank","title":"\#(phrase)","status":\#(status),"detail":"\#(sentence)"}"# + "\n"
        let lines =
            ["HTTP/1.1 \(status) \(phrase)", "Content-Type: application/problem+json", "Content-Length: \(body.utf8.count)"]
            + ["Cache-Control: no-store", "Connection: \(status == 426 ? "close, Upgrade" : "close")"]
            + fields.filter { !$0.hasPrefix("Connection:") }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
    }

    private var phrase: String {
        switch status {
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 426: "Upgrade Required"
        case 431: "Request Header Fields Too Large"
        case 505: "HTTP Version Not Supported"
        default: "Service Unavailable"
        }
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
