import Commons
import Foundation
import GRDB
import Synchronization

/// What the wire said in the last hours, made again from the record: for pages that go back in the picture, after a restart too.
///
/// Nothing is kept before somebody asks; then what was made once is kept, within `Limits`.
package final class BoardPast: Sendable {
    package struct Limits: Sendable {
        /// Milliseconds that are told of at most.
        package var span: Int64 = 12 * 3_600_000
        /// Changes that are told of at most.
        package var changes = 20_000
        /// A whole state is kept for every so many changes.
        package var keyframeEvery = 256
        /// Questions that wait at a time; more are refused.
        package var waiting = 64

        package init() {}
    }

    private let log: EventLog
    private let limits: Limits
    /// One question after the other, off everybody's threads: the first may read for a while.
    private let queue = DispatchQueue(label: "plenary.past")
    private let fold = Mutex<PastFold?>(nil)
    private let waiting = Mutex(0)

    package init(log: EventLog, limits: Limits = Limits()) {
        self.log = log
        self.limits = limits
    }

    /// Messages of `plenary.v1`, oldest first: a snapshot whose `now` is when it was so, at or before `from` where the record goes back
    /// that far, and a delta for each command since, up to event `until`. `nil` when too many ask at once.
    ///
    /// - Throws: when the record cannot be read.
    package func messages(from: UTCMilliseconds, until: Int64?, now: UTCMilliseconds) async throws(LogError) -> [[UInt8]]? {
        let hasRoom = waiting.withLock { count in
            guard count < limits.waiting else { return false }
            count += 1
            return true
        }
        guard hasRoom else { return nil }
        defer { waiting.withLock { $0 -= 1 } }
        let result: Result<[[UInt8]], LogError> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.answer(from, until, now)) }
        }
        return try result.get()
    }

    private func answer(_ from: UTCMilliseconds, _ until: Int64?, _ now: UTCMilliseconds) -> Result<[[UInt8]], LogError> {
        do throws(LogError) {
            // Only this queue writes it; the lock is never held while the disk is read.
            let kept = fold.withLock { $0 }
            var next = if let kept { kept } else { try PastFold(log, since: UTCMilliseconds(now.value - limits.span), limits) }
            try next.takeNew(of: log)
            fold.withLock { $0 = next }
            return .success(next.messages(from: from, until: until ?? .max))
        } catch {
            return .failure(error)
        }
    }
}

/// The record's changes as messages, from a place on.
private struct PastFold: Sendable {
    private struct Step {
        var at: UTCMilliseconds
        var sequence: Int64
        var delta: [UInt8]
        /// The state after it, where it is kept.
        var snapshot: [UInt8]?
    }

    private let epoch: String
    private let limits: BoardPast.Limits
    private var state: CouncilState
    private var view = PublicView()
    private var json: JSONValue
    /// The first has a snapshot and no delta of its own.
    private var steps: [Step]

    init(_ log: EventLog, since: UTCMilliseconds, _ limits: BoardPast.Limits) throws(LogError) {
        epoch = log.id
        self.limits = limits
        state = try log.stateBefore(since, changes: limits.changes)
        json = view.render(state, at: state.lastAt).json
        steps = []
        steps.append(Step(at: state.lastAt, sequence: state.sequence, delta: [], snapshot: snapshot))
    }

    private var snapshot: [UInt8] {
        SnapshotMessage(epoch: epoch, sequence: state.sequence, now: state.lastAt.value, state: json).encoded.bytes
    }

    mutating func takeNew(of log: EventLog) throws(LogError) {
        while true {
            // A command's events come together: one delta each, so that every place a page may be at is between two.
            var rows = try log.rows(from: state.sequence + 1, limit: 500)
            if rows.count == 500, let last = rows.last, let end = rows.lastIndex(where: { $0.command != last.command }) {
                rows.removeLast(rows.count - 1 - end)
            }
            guard !rows.isEmpty else { break }
            var start = 0
            for index in rows.indices where index + 1 == rows.count || rows[index + 1].command != rows[index].command {
                try take(rows[start...index])
                start = index + 1
            }
        }
        forget()
    }

    private mutating func take(_ rows: ArraySlice<LogRow>) throws(LogError) {
        let before = state.sequence
        for row in rows {
            guard let body = try? EventBody(bytes: row.body) else { throw .broken(LogFault(.unreadable, at: row.sequence)) }
            state.apply(body.record)
        }
        let next = view.render(state, at: state.lastAt).json
        let delta = DeltaMessage(
            epoch: epoch, after: before, sequence: state.sequence, at: state.lastAt.value, what: rows.prefix(100).map(\.type),
            patch: json.mergePatch(to: next) ?? .object([:])
        ).encoded.bytes
        json = next
        let sinceKeyframe = steps.count - 1 - (steps.lastIndex { $0.snapshot != nil } ?? 0)
        let isKeyframe = sinceKeyframe + 1 >= limits.keyframeEvery
        steps.append(Step(at: state.lastAt, sequence: state.sequence, delta: delta, snapshot: isKeyframe ? snapshot : nil))
    }

    /// Drops what is too much or too old, up to a whole state.
    private mutating func forget() {
        let oldest = state.lastAt.value - limits.span
        let start = steps.lastIndex { step in step.snapshot != nil && step.at.value <= oldest } ?? 0
        let tooMany = steps.count - limits.changes
        let enough = steps.indices.first { $0 >= tooMany && steps[$0].snapshot != nil } ?? 0
        if max(start, enough) > 0 { steps.removeFirst(max(start, enough)) }
    }

    func messages(from: UTCMilliseconds, until: Int64) -> [[UInt8]] {
        let start = steps.lastIndex { $0.snapshot != nil && $0.at <= from && $0.sequence <= until } ?? 0
        guard let snapshot = steps[start].snapshot else { return [] }
        return [snapshot] + steps[(start + 1)...].prefix { $0.sequence <= until }.map(\.delta)
    }
}

extension EventLog {
    /// The state before the first event that is younger than `since` or among the last `changes`.
    fileprivate func stateBefore(_ since: UTCMilliseconds, changes: Int) throws(LogError) -> CouncilState {
        let (bodies, place) = try read { db in
            let last = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM event") ?? 0
            let young = try Int64.fetchOne(db, sql: "SELECT min(seq) FROM event WHERE at >= ?", arguments: [since.value])
            let first = max(young ?? last + 1, last - Int64(changes))
            // Of sittings that were over before, only that they were: as a start reads it.
            let bodies = try Data.fetchAll(
                db,
                sql: """
                    SELECT body FROM event WHERE seq < ?1 AND (
                        sitting IS NULL OR type IN ('sitting_scheduled', 'sitting_opened', 'sitting_closed') OR sitting NOT IN (
                            SELECT sitting FROM event WHERE type = 'sitting_closed' AND sitting IS NOT NULL AND seq < ?1
                            AND seq < (SELECT max(seq) FROM event WHERE type = 'sitting_opened' AND seq < ?1)))
                    ORDER BY seq
                    """, arguments: [first])
            return (bodies, try Row.fetchOne(db, sql: "SELECT seq, at FROM event WHERE seq = ?", arguments: [first - 1]))
        }
        var state = CouncilState()
        do { for body in bodies { state.apply(try EventBody(bytes: Array(body)).record) } } catch { throw .failed(words: "\(error)") }
        if let place {
            state.sequence = place["seq"]
            state.lastAt = UTCMilliseconds(place["at"])
        }
        return state
    }
}
