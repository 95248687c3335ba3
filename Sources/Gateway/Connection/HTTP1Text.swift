import Commons
import NIOCore
import NIOHTTP1

/// The bytes of an HTTP/1.1 response header.
enum HTTP1Text {
    /// - Parameter etag: a tag to say beside `fields`.
    static func head(
        status: Int, fields: HTTPHeaders, etag: String? = nil, date: String, length: Int?, closes: Bool, into buffer: inout ByteBuffer
    ) {
        var size = 192 + date.utf8.count + (etag?.utf8.count ?? 0)
        for (name, value) in fields { size += name.utf8.count + value.utf8.count + 4 }
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { bytes in
            var text = HeaderWriter(room: bytes)
            switch status {
            case 200: text.write("HTTP/1.1 200 OK\r\n")
            case 206: text.write("HTTP/1.1 206 Partial Content\r\n")
            case 304: text.write("HTTP/1.1 304 Not Modified\r\n")
            default:
                text.write("HTTP/1.1 ")
                text.write(number: status)
                text.write(" ")
                text.write(string: HTTPStatus.phrase(status))
                text.write("\r\n")
            }
            for (name, value) in fields {
                text.write(string: name)
                text.write(": ")
                text.write(string: value)
                text.write("\r\n")
            }
            if let etag {
                text.write("etag: ")
                text.write(string: etag)
                text.write("\r\n")
            }
            if let length {
                text.write("content-length: ")
                text.write(number: length)
                text.write("\r\n")
            }
            text.write("date: ")
            text.write(string: date)
            if closes { text.write("\r\nconnection: close") }
            text.write("\r\n\r\n")
            return text.count
        }
    }

    static let goOn: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"
}

/// Puts text and numbers one after the other into memory that has room for them.
private struct HeaderWriter {
    let room: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(room: UnsafeMutableRawBufferPointer) { self.room = room }

    mutating func write(_ text: StaticString) { append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }

    mutating func write(string: String) {
        var string = string
        string.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// - Parameter number: not negative.
    mutating func write(number: Int) {
        var digits = (UInt64(0), UInt64(0), UInt64(0))
        withUnsafeMutableBytes(of: &digits) { digits in
            var rest = number
            var at = digits.count
            repeat {
                at -= 1
                digits[at] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            append(UnsafeRawBufferPointer(rebasing: digits[at...]))
        }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        precondition(count + bytes.count <= room.count, "a header is longer than was counted")
        UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: bytes)
        count += bytes.count
    }
}
