/// Keeps a flood of events from becoming a flood of log lines: so many lines in a span of time, then only a count.
package struct LineBudget: Sendable {
    private let lines: Int
    private let span: Int64
    private var began: Int64?
    private var written = 0
    private var omitted = 0

    /// - Parameters:
    ///   - lines: how many are written in one span.
    ///   - span: in the unit of the clock that `take` is given.
    package init(lines: Int, per span: Int64) {
        self.lines = lines
        self.span = span
    }

    /// Whether a line may be written now; `nil`: no. Else how many were left out since the last line.
    ///
    /// - Parameter now: of any clock; when it was set back a new span begins.
    package mutating func take(at now: Int64) -> Int? {
        if began.map({ now < $0 || now - $0 >= span }) ?? true {
            began = now
            written = 0
        }
        guard written < lines else {
            omitted += 1
            return nil
        }
        written += 1
        defer { omitted = 0 }
        return omitted
    }
}
