import NIOCore

/// The part of an answer's body that the peer's window has not taken yet: references to bytes, copied once, into the frame that carries them.
struct BodyQueue {
    /// The bytes of one chunk are most bodies: no array is made for them.
    private var first = ByteBuffer()
    private var rest: [ByteBuffer] = []
    private var next = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        if count == 0 { first = bytes } else { rest.append(bytes) }
        count += bytes.readableBytes
    }

    /// Moves the next `length` bytes, of which there are as many, to the end of `output`.
    mutating func move(_ length: Int, to output: inout ByteBuffer) {
        precondition(length <= count, "more of a body was asked for than there is")
        count -= length
        var left = length
        while left > 0 {
            let part = min(left, first.readableBytes)
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: part) { room in
                first.withUnsafeReadableBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<part])) }
                return part
            }
            left -= part
            first.moveReaderIndex(forwardBy: part)
            if first.readableBytes == 0 { advance() }
        }
    }

    mutating func clear() { self = BodyQueue() }

    private mutating func advance() {
        guard next < rest.count else {
            first = ByteBuffer()
            rest = []
            next = 0
            return
        }
        first = rest[next]
        rest[next] = ByteBuffer()
        next += 1
        // What a long answer leaves behind does not pile up.
        if next == rest.count || next >= 64 {
            rest.removeFirst(next)
            next = 0
        }
    }
}
