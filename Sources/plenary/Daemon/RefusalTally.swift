/// Says a repeated event once in a while: a guesser of stream keys must not push everything else out of the log. Pure: the clock is a parameter.
struct RefusalTally {
    /// Milliseconds between two lines.
    static let interval: Int64 = 10_000

    private var lastLine: Int64?
    private var unsaid = 0

    /// How many came since the last line, when it is time for one, this one included; else `nil`.
    mutating func count(at now: Int64) -> Int? {
        unsaid += 1
        if let lastLine, now - lastLine < Self.interval { return nil }
        lastLine = now
        defer { unsaid = 0 }
        return unsaid
    }
}
