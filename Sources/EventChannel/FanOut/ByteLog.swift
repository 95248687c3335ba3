/// A hall's messages as frames: built once, kept until `limit` bytes are newer, read by each client at its own offset.
struct ByteLog {
    static let chunkBytes = 32 * 1024

    private let limit: Int
    private var chunks: [LogChunk] = []
    /// Offset past the last byte.
    private(set) var end: Int64 = 0
    /// The sequence that the last message ends in; `nil` before the hall's first.
    private(set) var sequence: Int64?

    init(limit: Int) { self.limit = limit }

    /// Offset of the oldest frame that is still here.
    var start: Int64 { chunks.first?.start ?? end }

    /// The sequence that the first message follows.
    mutating func begin(at sequence: Int64) { self.sequence = max(self.sequence ?? sequence, sequence) }

    mutating func append(text: [UInt8], after: Int64, sequence: Int64) {
        room(for: ServerFrame.headerCount(of: text.count) + text.count).append(text: text, after: after, sequence: sequence)
        appended(sequence)
    }

    mutating func append(frame: [UInt8]) {
        let now = sequence ?? 0
        room(for: frame.count).append(frame: frame, after: now, sequence: now)
        appended(now)
    }

    private mutating func room(for count: Int) -> LogChunk {
        if let last = chunks.last, last.hasRoom(for: count) { return last }
        let chunk = LogChunk(start: end, capacity: max(count, Self.chunkBytes))
        chunks.append(chunk)
        return chunk
    }

    private mutating func appended(_ sequence: Int64) {
        end = chunks[chunks.count - 1].end
        self.sequence = max(self.sequence ?? sequence, sequence)
        // A chunk is dropped when all of it is further back than the limit.
        while chunks.count > 1, end - chunks[0].end >= Int64(limit) { chunks.removeFirst() }
    }

    /// Drops chunks that end at or before `offset`.
    mutating func forget(before offset: Int64) {
        while chunks.count > 1, chunks[0].end <= offset { chunks.removeFirst() }
    }

    /// Drops everything and leaves a gap: every client that follows the log needs a snapshot.
    mutating func cut() {
        chunks = []
        end += 1
    }

    /// Everything from `offset`, where a frame begins, to the end; `nil` when that is nothing, is not in one piece, or is more than `limit`.
    func rest(from offset: Int64, limit: Int) -> SendQueue.Slice? {
        guard offset < end, end - offset <= Int64(limit), let last = chunks.last, offset >= last.start else { return nil }
        return SendQueue.Slice(chunk: last, range: Int(offset - last.start)..<last.count)
    }

    /// The chunk that holds the byte at `offset`; `nil` at the end, and when it is gone.
    func chunk(at offset: Int64) -> LogChunk? {
        guard offset < end, let last = chunks.last else { return nil }
        if offset >= last.start { return last }
        return chunks.last { $0.start <= offset }
    }
}
