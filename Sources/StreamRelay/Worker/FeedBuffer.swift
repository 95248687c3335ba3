import NIOCore

/// The FLV bytes of an encoder that pushes, between the daemon's pipe and libavformat, which reads them in pieces of its own size.
struct FeedBuffer {
    private var chunks = CircularBuffer<ByteBuffer>()

    mutating func append(_ new: [ByteBuffer]) {
        for chunk in new where chunk.readableBytes > 0 { chunks.append(chunk) }
    }

    /// Moves bytes of one chunk, as many as fit. - Returns: their number; 0 when there is nothing to read.
    mutating func read(into space: UnsafeMutableRawBufferPointer) -> Int {
        guard var chunk = chunks.first else { return 0 }
        let count = min(space.count, chunk.readableBytes)
        chunk.readWithUnsafeReadableBytes { bytes in
            space.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
            return count
        }
        if chunk.readableBytes > 0 { chunks[chunks.startIndex] = chunk } else { chunks.removeFirst() }
        return count
    }
}
