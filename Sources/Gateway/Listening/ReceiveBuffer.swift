import NIOCore

/// How large the buffer of a connection without TLS is. The channel keeps it for as long as it lives, so it begins small and grows with what
/// the client sends at once. Small itself, so that the channel keeps it in place.
struct ReceiveBuffer: RecvByteBufferAllocator {
    static let largest: Int32 = 65_536
    private var size: Int32 = 256

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { allocator.buffer(capacity: Int(size)) }
    func nextBufferSize() -> Int? { Int(size) }

    mutating func record(actualReadBytes: Int) -> Bool {
        guard actualReadBytes >= size, size < Self.largest else { return false }
        size *= 2
        return true
    }
}
