import Commons
import NIOCore

/// A message as a server-sent event, made once per loop: as it is, and as a chunk of a chunked HTTP/1.1 body.
struct EventText {
    let plain: ByteBuffer
    let chunk: ByteBuffer

    /// - Parameter epoch: given for what changes the state: the id by which a page comes back.
    init(_ message: EncodedMessage, epoch: String? = nil) {
        var text = ByteBuffer()
        text.reserveCapacity(message.bytes.count + 64)
        if let epoch { text.writeString("id: \(epoch):\(message.sequence)\n") }
        // A line end within JSON is only space; a field's value is one line.
        for line in message.bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }) {
            text.writeStaticString("data: ")
            text.writeBytes(line)
            text.writeStaticString("\n")
        }
        text.writeStaticString("\n")
        self.init(text)
    }

    /// In how many milliseconds to come back when the connection is lost.
    init(retry milliseconds: Int) { self.init(ByteBuffer(string: "retry: \(milliseconds)\n\n")) }

    private init(_ text: ByteBuffer) {
        plain = text
        var chunk = ByteBuffer()
        chunk.reserveCapacity(text.readableBytes + 16)
        chunk.writeString(String(text.readableBytes, radix: 16) + "\r\n")
        chunk.writeImmutableBuffer(text)
        chunk.writeStaticString("\r\n")
        self.chunk = chunk
    }
}
