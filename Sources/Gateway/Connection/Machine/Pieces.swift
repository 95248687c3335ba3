import NIOCore

/// The bytes of a complete answer, taken piece by piece without copying.
struct Pieces {
    private let chunks: [ByteBuffer]
    private var index = 0
    /// Bytes of the chunk at `index` that were taken.
    private var offset = 0

    init(_ chunks: [ByteBuffer]) { self.chunks = chunks }

    var isEmpty: Bool { index == chunks.count }

    /// The next piece: never more than a chunk, nor than `limit` bytes.
    mutating func next(atMost limit: Int?) -> ByteBuffer? {
        guard index < chunks.count else { return nil }
        let chunk = chunks[index]
        let start = offset
        let left = chunk.readableBytes - start
        if let limit, left > limit {
            offset += limit
            return chunk.getSlice(at: chunk.readerIndex + start, length: limit)
        }
        index += 1
        offset = 0
        return start == 0 ? chunk : chunk.getSlice(at: chunk.readerIndex + start, length: left)
    }
}
