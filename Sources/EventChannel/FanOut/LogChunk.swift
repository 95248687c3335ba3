/// Consecutive frames in memory that is written once: many connections send from it without copying.
final class LogChunk {
    struct Mark: Equatable {
        /// Where the frame ends in the chunk.
        var end: Int
        /// The sequences that the frame's message leads from and to.
        var after: Int64
        var sequence: Int64
    }

    /// The offset of the first byte in its log.
    let start: Int64
    private let bytes: UnsafeMutableRawPointer
    private let capacity: Int
    private(set) var count = 0
    private(set) var marks: [Mark] = []

    init(start: Int64, capacity: Int) {
        self.start = start
        self.capacity = capacity
        bytes = .allocate(byteCount: capacity, alignment: 1)
    }

    /// A chunk of one text message.
    convenience init(text: [UInt8]) {
        self.init(start: 0, capacity: ServerFrame.headerCount(of: text.count) + text.count)
        append(text: text, after: 0, sequence: 0)
    }

    /// A chunk of one encoded frame.
    convenience init(frame: [UInt8]) {
        self.init(start: 0, capacity: frame.count)
        append(frame: frame, after: 0, sequence: 0)
    }

    deinit { bytes.deallocate() }

    var end: Int64 { start + Int64(count) }

    func hasRoom(for count: Int) -> Bool { capacity - self.count >= count }

    func append(text: [UInt8], after: Int64, sequence: Int64) {
        precondition(hasRoom(for: ServerFrame.headerCount(of: text.count) + text.count))
        let header = ServerFrame.writeHeader(ofText: text.count, to: bytes + count)
        text.withUnsafeBytes { payload in
            if let source = payload.baseAddress { (bytes + count + header).copyMemory(from: source, byteCount: payload.count) }
        }
        count += header + text.count
        marks.append(Mark(end: count, after: after, sequence: sequence))
    }

    func append(frame: [UInt8], after: Int64, sequence: Int64) {
        precondition(hasRoom(for: frame.count))
        frame.withUnsafeBytes { (bytes + count).copyMemory(from: $0.baseAddress!, byteCount: frame.count) }
        count += frame.count
        marks.append(Mark(end: count, after: after, sequence: sequence))
    }

    /// The frame that begins at `offset`, and its place among the marks. `offset` is a frame's beginning within the chunk.
    func frame(at offset: Int) -> (index: Int, mark: Mark) {
        // A sender is nearly always at the last frame.
        if marks.count == 1 || marks[marks.count - 2].end <= offset { return (marks.count - 1, marks[marks.count - 1]) }
        var low = 0
        var high = marks.count - 1
        while low < high {
            let middle = (low + high) / 2
            if marks[middle].end > offset { high = middle } else { low = middle + 1 }
        }
        return (low, marks[low])
    }

    /// Calls `body` with the bytes of a range.
    func withBytes<Result>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        precondition(range.upperBound <= count)
        return try withExtendedLifetime(self) { try body(UnsafeRawBufferPointer(start: bytes + range.lowerBound, count: range.count)) }
    }
}
