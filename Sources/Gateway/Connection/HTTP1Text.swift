import NIOCore
import NIOHTTP1

/// The bytes of an HTTP/1.1 response header.
enum HTTP1Text {
    static func head(
        status: Int, fields: HTTPHeaders, date: String, length: Int?, closes: Bool, into buffer: inout ByteBuffer
    ) {
        switch status {
        case 200: buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
        case 206: buffer.writeStaticString("HTTP/1.1 206 Partial Content\r\n")
        case 304: buffer.writeStaticString("HTTP/1.1 304 Not Modified\r\n")
        default:
            buffer.writeStaticString("HTTP/1.1 ")
            buffer.writeString(String(status))
            buffer.writeStaticString(" ")
            buffer.writeString(Problem.phrase(status))
            buffer.writeStaticString("\r\n")
        }
        for (name, value) in fields {
            buffer.writeString(name)
            buffer.writeStaticString(": ")
            buffer.writeString(value)
            buffer.writeStaticString("\r\n")
        }
        if let length {
            buffer.writeStaticString("content-length: ")
            writeNumber(length, into: &buffer)
            buffer.writeStaticString("\r\n")
        }
        buffer.writeStaticString("date: ")
        buffer.writeString(date)
        if closes { buffer.writeStaticString("\r\nconnection: close") }
        buffer.writeStaticString("\r\n\r\n")
    }

    private static func writeNumber(_ number: Int, into buffer: inout ByteBuffer) {
        var digits = (UInt64(0), UInt64(0), UInt64(0))
        withUnsafeMutableBytes(of: &digits) { room in
            var rest = number
            var at = room.count
            repeat {
                at -= 1
                room[at] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: room[at...]))
        }
    }

    static let goOn: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
}
