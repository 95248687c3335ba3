import Commons
import Testing

@Suite struct `A budget of log lines` {
    @Test func `a flood is counted, not written out`() {
        var budget = LineBudget(lines: 20, per: 10_000)
        let written = (0..<1000).compactMap { _ in budget.take(at: 5) }
        #expect(written == Array(repeating: 0, count: 20))
        #expect(budget.take(at: 10_004) == nil)
        #expect(budget.take(at: 10_005) == 981)
        #expect(budget.take(at: 10_005) == 0)
    }

    @Test func `one line a span tells how many came between`() {
        var budget = LineBudget(lines: 1, per: 10_000)
        #expect(budget.take(at: 1000) == 0)
        for second in 2...10 { #expect(budget.take(at: Int64(second) * 1000) == nil) }
        #expect(budget.take(at: 11_000) == 9)
        #expect(budget.take(at: 11_001) == nil)
        #expect(budget.take(at: 60_000) == 1)
    }

    @Test func `a clock that was set back begins a new span`() {
        var budget = LineBudget(lines: 1, per: 10_000)
        #expect(budget.take(at: 1_000_000) == 0)
        #expect(budget.take(at: 5) == 0)
        #expect(budget.take(at: 6) == nil)
    }
}

@Suite struct `A throttle of repeated lines` {
    private static let second: Int64 = 1_000_000_000

    @Test func `a line that repeats is written once and counted`() {
        var throttle = LogThrottle<Int>(warning: 3)
        let now = throttle.offer("late", 1, now: 0)
        let again = (0..<41).count { _ in throttle.offer("late", 1, now: 5 * Self.second) }
        #expect(now && again == 0)
        #expect(throttle.deadline == 10 * Self.second)
        #expect(throttle.flush(now: 9 * Self.second).isEmpty)
        let lines = throttle.flush(now: 10 * Self.second)
        #expect(lines.map(\.text) == ["late (41 more times in 10 s)"] && lines.map(\.level) == [1])
        let afresh = throttle.offer("late", 1, now: 11 * Self.second)
        #expect(afresh)
    }

    @Test func `a flood of different lines is cut off and counted`() {
        var throttle = LogThrottle<Int>(warning: 3)
        let written = (0..<1000).count { throttle.offer("line \($0)", 1, now: 0) }
        #expect(written == LogThrottle<Int>.distinctLimit)
        let lines = throttle.flush(now: 11 * Self.second)
        #expect(lines.map(\.text) == ["950 further lines in 10 s were left out"] && lines.map(\.level) == [3])
    }
}

@Suite struct `A splitter of lines` {
    private func lines(_ pieces: [String], longest: Int = .max) -> [String] {
        var splitter = LineSplitter(longest: longest)
        var lines: [String] = []
        for piece in pieces { Array(piece.utf8).withUnsafeBytes { splitter.append($0) { lines.append($0) } } }
        splitter.finish { lines.append("end: \($0)") }
        return lines
    }

    @Test func `lines are cut where they end, whatever the pieces`() {
        #expect(lines(["on", "e\ntwo\n\nthr", "ee\n"]) == ["one", "two", "three"])
        #expect(lines(["a\nb"]) == ["a", "end: b"])
        #expect(lines([]) == [])
    }

    @Test func `a line without end is cut at the limit`() {
        #expect(lines([String(repeating: "x", count: 9000), "\n"], longest: 4096).map(\.utf8.count) == [4096, 4096, 808])
        #expect(lines(["abcd\ne\n"], longest: 4) == ["abcd", "e"])
    }
}
