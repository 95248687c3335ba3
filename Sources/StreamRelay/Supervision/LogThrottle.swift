/// Keeps a worker that repeats itself from filling the log: a line that comes again within 10 s is counted, and told once with its count.
package struct LogThrottle: Sendable {
    /// Monotonic nanoseconds.
    static let span = Int64.seconds(10)
    /// Different lines that are told in one span; more are only counted.
    static let distinctLimit = 50

    private struct Entry {
        var level: WorkerLogLine.Level
        var repeats = 0
    }
    private var began: Int64?
    private var entries: [String: Entry] = [:]
    private var order: [String] = []
    private var suppressed = 0

    package init() {}

    /// When `flush` has something to tell.
    package var deadline: Int64? { began.map { $0 + Self.span } }

    /// - Returns: whether the line is to be told now.
    package mutating func offer(_ line: WorkerLogLine, now: Int64) -> Bool {
        if began == nil { began = now }
        if entries[line.text] != nil {
            entries[line.text]?.repeats += 1
            return false
        }
        guard order.count < Self.distinctLimit else {
            suppressed += 1
            return false
        }
        entries[line.text] = Entry(level: line.level)
        order.append(line.text)
        return true
    }

    /// What was held back, once the span is over.
    package mutating func flush(now: Int64) -> [WorkerLogLine] {
        guard let began, now >= began + Self.span else { return [] }
        var lines = order.compactMap { text -> WorkerLogLine? in
            guard let entry = entries[text], entry.repeats > 0 else { return nil }
            return WorkerLogLine(level: entry.level, text: "\(text) (\(entry.repeats) more times in 10 s)")
        }
        if suppressed > 0 { lines.append(WorkerLogLine(level: .warning, text: "\(suppressed) further lines in 10 s were left out")) }
        self = LogThrottle()
        return lines
    }
}
