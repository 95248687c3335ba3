import Gateway
import Synchronization

/// The last log lines, and those who follow them. Bounded: the oldest line leaves, a follower that does not keep up misses the oldest.
final class LogRing: Sendable {
    private struct State {
        var lines: [LogLine] = []
        /// Where the next line goes once the ring is full.
        var next = 0
        var followers: [Int: AsyncStream<LogLine>.Continuation] = [:]
        var lastFollower = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    init(capacity: Int = 2000) { self.capacity = capacity }

    func append(_ line: LogLine) {
        let followers = state.withLock { state in
            if state.lines.count < capacity {
                state.lines.append(line)
            } else {
                state.lines[state.next] = line
                state.next = (state.next + 1) % capacity
            }
            return Array(state.followers.values)
        }
        for follower in followers { follower.yield(line) }
    }

    func last(_ count: Int) -> [LogLine] { state.withLock { Self.last(count, of: $0) } }

    /// The last lines, then, when `follow`, each new one.
    func lines(last count: Int, follow: Bool) -> AsyncStream<LogLine> {
        let (stream, continuation) = AsyncStream.makeStream(of: LogLine.self, bufferingPolicy: .bufferingNewest(capacity))
        let (past, id) = state.withLock { state in
            state.lastFollower += 1
            if follow { state.followers[state.lastFollower] = continuation }
            // Yielded inside the lock, so that no newer line can go before these: nobody else knows the stream yet.
            let past = Self.last(count, of: state)
            for line in past { continuation.yield(line) }
            return (past.count, state.lastFollower)
        }
        _ = past
        if follow {
            continuation.onTermination = { [weak self] _ in self?.state.withLock { _ = $0.followers.removeValue(forKey: id) } }
        } else {
            continuation.finish()
        }
        return stream
    }

    /// Ends every follower, for the daemon's exit.
    func finish() {
        let followers = state.withLock { state in
            defer { state.followers = [:] }
            return Array(state.followers.values)
        }
        for follower in followers { follower.finish() }
    }

    private static func last(_ count: Int, of state: State) -> [LogLine] {
        let ordered = state.lines[state.next...] + state.lines[..<state.next]
        return Array(ordered.suffix(max(0, count)))
    }
}
