internal import CNGHTTP2
import NIOCore
import NIOHTTP1

/// Memory that the HTTP/2 connections of one event loop use one after the other, so that none keeps its own.
final class HTTP2Scratch {
    /// Frames on their way to TLS.
    var output = ByteBuffer()
    private var text = UnsafeMutableRawBufferPointer.allocate(byteCount: 2_048, alignment: 1)
    private var fields: [nghttp2_nv] = []

    /// A buffer that nobody else reads any more, or a new one.
    private var spare: ByteBuffer?

    deinit { text.deallocate() }

    func takeBuffer(of capacity: Int) -> ByteBuffer {
        defer { spare = nil }
        return spare ?? ByteBufferAllocator().buffer(capacity: capacity)
    }

    /// Kept for the next connection; when TLS still has it, `clear` makes another of its size.
    func giveBack(_ buffer: consuming ByteBuffer) {
        buffer.clear()
        spare = buffer
    }

    /// Lends a response's header as nghttp2 takes it; nghttp2 copies it.
    func withFields(of head: HTTP2Stream.Head, _ body: (UnsafeBufferPointer<nghttp2_nv>) -> Void) {
        var size = 128 + head.date.utf8.count
        for (name, value) in head.fields { size += name.utf8.count + value.utf8.count }
        if text.count < size {
            text.deallocate()
            text = .allocate(byteCount: size, alignment: 1)
        }
        fields.removeAll(keepingCapacity: true)
        var used = 0
        add(":status", number: head.status, &used)
        for (name, value) in head.fields { add(name, value, &used) }
        if let length = head.length { add("content-length", number: length, &used) }
        add("date", head.date, &used)
        fields.withUnsafeBufferPointer(body)
    }

    private func add(_ name: String, _ value: String, _ used: inout Int) {
        let name = put(name, &used)
        let value = put(value, &used)
        add(name, value)
    }

    /// - Parameter number: not negative.
    private func add(_ name: String, number: Int, _ used: inout Int) {
        let name = put(name, &used)
        var digits = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        let room = UnsafeMutableRawBufferPointer(rebasing: text[used..<used + digits])
        rest = number
        for index in (0..<digits).reversed() {
            room[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        used += digits
        add(name, room)
    }

    private func add(_ name: UnsafeMutableRawBufferPointer, _ value: UnsafeMutableRawBufferPointer) {
        fields.append(
            nghttp2_nv(
                name: name.baseAddress?.assumingMemoryBound(to: UInt8.self), value: value.baseAddress?.assumingMemoryBound(to: UInt8.self),
                namelen: name.count, valuelen: value.count, flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)))
    }

    private func put(_ string: String, _ used: inout Int) -> UnsafeMutableRawBufferPointer {
        var string = string
        let start = used
        string.withUTF8 { bytes in
            precondition(start + bytes.count <= text.count, "a header is longer than was counted")
            UnsafeMutableRawBufferPointer(rebasing: text[start...]).copyMemory(from: UnsafeRawBufferPointer(bytes))
            used = start + bytes.count
        }
        return UnsafeMutableRawBufferPointer(rebasing: text[start..<used])
    }
}
