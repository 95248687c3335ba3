import NIOCore

/// Parts of pipelined requests that arrived early: of one read at most, because reading is paused while there are any.
struct Backlog {
    enum Part {
        case head(RequestHeader, BodyRoom, RequestFault?)
        case body(ByteBuffer)
        case end
    }

    private var parts: [Part] = []
    private var taken = 0
    /// A fault of the byte stream behind `parts`.
    private var fault: RequestFault?
    /// A read was requested while there were parts.
    private var readIsDue = false

    var isEmpty: Bool { parts.isEmpty && fault == nil }
    var isDone: Bool { isEmpty && !readIsDue }

    mutating func append(_ part: Part) { parts.append(part) }

    mutating func end(with fault: RequestFault) { self.fault = fault }

    mutating func next() -> Part? {
        guard taken < parts.count else { return nil }
        defer {
            taken += 1
            if taken == parts.count { clear() }
        }
        return parts[taken]
    }

    /// The fault, if nothing comes before it any more.
    mutating func nextFault() -> RequestFault? {
        guard parts.isEmpty else { return nil }
        defer { fault = nil }
        return fault
    }

    mutating func clear() {
        parts = []
        taken = 0
    }

    /// Whether the channel may read now; if not, it may once the backlog is empty.
    mutating func mayRead() -> Bool {
        readIsDue = !parts.isEmpty
        return !readIsDue
    }

    /// Whether a postponed read is to be made up for.
    mutating func takeDueRead() -> Bool {
        guard readIsDue, parts.isEmpty else { return false }
        readIsDue = false
        return true
    }
}
