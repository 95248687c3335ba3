/// Keeps a source that repeats itself from filling the log: a line that comes again within 10 s is counted, and written once more with its count.
package struct LogThrottle<Level: Sendable>: Sendable {
    /// Nanoseconds.
    package static var span: Int64 { 10_000_000_000 }
    /// Different lines that are written in one span; more are only counted.
    package static var distinctLimit: Int { 50 }

    private struct Entry {
        var level: Level
        var repeats = 0
    }
    private var began: Int64?
    private var entries: [String: Entry] = [:]
    private var order: [String] = []
    private var suppressed = 0
    /// Of the line that says how many were left out.
    private let warning: Level

    package init(warning: Level) { self.warning = warning }

    /// When `flush` has something to write; nanoseconds.
    package var deadline: Int64? { began.map { $0 + Self.span } }

    /// Whether the line is to be written now.
    ///
    /// - Parameter now: monotonic nanoseconds.
    package mutating func offer(_ text: String, _ level: Level, now: Int64) -> Bool {
        if began == nil { began = now }
        if entries[text] != nil {
            entries[text]?.repeats += 1
            return false
        }
        guard order.count < Self.distinctLimit else {
            suppressed += 1
            return false
        }
        entries[text] = Entry(level: level)
        order.append(text)
        return true
    }

    /// What was held back, once the span is over.
    package mutating func flush(now: Int64) -> [(text: String, level: Level)] {
        guard let began, now >= began + Self.span else { return [] }
        var lines = order.compactMap { text -> (text: String, level: Level)? in
            guard let entry = entries[text], entry.repeats > 0 else { return nil }
            return ("\(text) (\(entry.repeats) more times in 10 s)", entry.level)
        }
        if suppressed > 0 { lines.append(("\(suppressed) further lines in 10 s were left out", warning)) }
        self = LogThrottle(warning: warning)
        return lines
    }
}
