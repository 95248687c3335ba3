/// What one client is sent next: its own first messages, then the hall's log from its cursor on. Holds references and offsets, no bytes
/// of its own beyond one control frame.
struct SendQueue {
    /// Bytes to hand to the socket, in a chunk that must be held meanwhile.
    struct Slice {
        var chunk: LogChunk
        var range: Range<Int>
    }

    enum Next {
        case slice(Slice)
        /// Everything is sent.
        case nothing
        /// The log no longer has what comes next: the client needs a snapshot.
        case lost
        /// The close frame was the last.
        case finished
    }

    /// The cursor of a parked client, for which the log has nothing yet.
    static let parked = Int64.max

    /// A frame longer than one slice, partly sent.
    private var current: (chunk: LogChunk, offset: Int, end: Int)?
    /// A pong or the like; the newest replaces the older (RFC 6455 §5.5.3).
    private var control: LogChunk?
    private var farewell: LogChunk?
    private var isFinished = false
    private var own: [LogChunk] = []
    private var cursor: Int64 = 0
    /// Messages up to this sequence are contained in what the client was sent.
    private var covered: Int64 = .min

    /// Replaces everything that is not partly sent by `messages`; the log follows from `cursor`, without what `sequence` covers.
    mutating func begin(with messages: [LogChunk], covering sequence: Int64, cursor: Int64) {
        own = messages.reversed()
        covered = sequence
        self.cursor = cursor
    }

    /// Goes on from `cursor` once its own messages are sent.
    mutating func follow(from cursor: Int64) { self.cursor = cursor }

    var isParked: Bool { cursor == Self.parked }

    /// Its offset in the log; `nil` while parked or closing.
    var place: Int64? { isParked || farewell != nil || isFinished ? nil : cursor }

    /// Its offset in the log, if the log from there on is all that it is sent next; `nil` when anything else comes first.
    var following: Int64? {
        current == nil && control == nil && farewell == nil && !isFinished && own.isEmpty && covered == .min ? cursor : nil
    }

    mutating func answer(control frame: [UInt8]) { if farewell == nil { control = LogChunk(frame: frame) } }

    /// Queues the close frame; everything that is not partly sent is dropped.
    mutating func end(with frame: [UInt8]) {
        guard farewell == nil, !isFinished else { return }
        own = []
        control = nil
        farewell = LogChunk(frame: frame)
    }

    /// Takes the next bytes, at most `limit` unless frames of the log fit exactly; whole frames as long as one fits.
    mutating func next(in log: ByteLog, limit: Int) -> Next {
        if let current { return .slice(carryOn(current, limit)) }
        if isFinished { return .finished }
        if let farewell {
            isFinished = true
            return .slice(Slice(chunk: farewell, range: 0..<farewell.count))
        }
        if let control {
            self.control = nil
            return .slice(Slice(chunk: control, range: 0..<control.count))
        }
        if let message = own.popLast() { return .slice(carryOn((message, 0, message.count), limit)) }
        return nextOfLog(log, limit)
    }

    private mutating func carryOn(_ frame: (chunk: LogChunk, offset: Int, end: Int), _ limit: Int) -> Slice {
        let end = min(frame.end, frame.offset + limit)
        current = end < frame.end ? (frame.chunk, end, frame.end) : nil
        return Slice(chunk: frame.chunk, range: frame.offset..<end)
    }

    private mutating func nextOfLog(_ log: ByteLog, _ limit: Int) -> Next {
        while cursor < log.end {
            guard let chunk = log.chunk(at: cursor) else { return .lost }
            let offset = Int(cursor - chunk.start)
            var (index, mark) = chunk.frame(at: offset)
            if isCovered(mark) {
                cursor = chunk.start + Int64(mark.end)
                continue
            }
            if mark.end - offset > limit {
                cursor = chunk.start + Int64(mark.end)
                return .slice(carryOn((chunk, offset, mark.end), limit))
            }
            while index + 1 < chunk.marks.count, chunk.marks[index + 1].end - offset <= limit {
                index += 1
                mark = chunk.marks[index]
            }
            cursor = chunk.start + Int64(mark.end)
            return .slice(Slice(chunk: chunk, range: offset..<mark.end))
        }
        return .nothing
    }

    /// A message that leads from a sequence to itself (a new day) is a patch that can be applied twice, and is not skipped.
    private mutating func isCovered(_ mark: LogChunk.Mark) -> Bool {
        guard covered != .min else { return false }
        if mark.sequence < covered || (mark.sequence == covered && mark.after < covered) { return true }
        if mark.sequence > covered { covered = .min }
        return false
    }

    /// Whether anything is left to send.
    func isOutstanding(in log: ByteLog) -> Bool {
        current != nil || control != nil || (farewell != nil && !isFinished) || !own.isEmpty || (farewell == nil && cursor < log.end)
    }
}
