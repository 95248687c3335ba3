import Commons
import Foundation
import GRDB

extension EventLog {
    /// The state and the end of the record, read fast enough for a start: every leaf's place in the chain is checked, and the
    /// bodies of all that is not archived. `replay` checks everything.
    package func resume() throws(LogError) -> (state: CouncilState, tip: LogTip) {
        let tip = try followLeaves()
        var state = CouncilState()
        var next: Int64 = 1
        while true {
            let rows = try liveRows(from: next, limit: 500)
            for row in rows {
                guard row.hash == Leaf(of: row.body).bytes else { throw .broken(LogFault(.chain, at: row.sequence)) }
                guard let body = try? EventBody(bytes: row.body) else { throw .broken(LogFault(.unreadable, at: row.sequence)) }
                guard row.isFiled(as: body) else { throw .broken(LogFault(.column, at: row.sequence)) }
                state.apply(body.record)
            }
            guard rows.count == 500, let last = rows.last else { break }
            next = last.sequence + 1
        }
        if let last = try rows(from: tip.sequence, limit: 1).first {
            state.sequence = last.sequence
            state.lastAt = UTCMilliseconds(last.at)
        }
        return (state, tip)
    }

    /// What happened in one sitting, with the roster and the rules of its time: for the archive.
    package func sitting(_ id: SittingID) throws(LogError) -> CouncilState {
        let bodies = try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT body FROM event WHERE sitting = ?1 OR (
                        type IN ('roster_imported', 'rules_set', 'clock_stepped')
                        AND seq < coalesce((SELECT max(seq) FROM event WHERE sitting = ?1 AND type = 'sitting_closed'), 9e18))
                    ORDER BY seq
                    """, arguments: [id.text]
            ).map { Array($0["body"] as Data) }
        }
        var state = CouncilState()
        do { for body in bodies { state.apply(try EventBody(bytes: body).record) } } catch { throw .failed(words: "\(error)") }
        return state
    }

    /// Everything that happened in one sitting.
    func records(of id: SittingID) throws(LogError) -> [RecordedEvent] {
        let bodies = try read { db in
            try Data.fetchAll(db, sql: "SELECT body FROM event WHERE sitting = ? ORDER BY seq", arguments: [id.text])
        }
        do { return try bodies.map { try EventBody(bytes: Array($0)).record } } catch { throw .failed(words: "\(error)") }
    }

    private func followLeaves() throws(LogError) -> LogTip {
        let tip = try read { db in
            var tip = LogTip()
            let rows = try Row.fetchCursor(db, sql: "SELECT seq, prev, hash FROM event ORDER BY seq")
            while let row = try rows.next() {
                let expected = tip.sequence + 1
                guard row["seq"] as Int64 == expected else { throw LogFault(.missing, at: expected) }
                guard Array(row["prev"] as Data) == tip.leaf.bytes, let leaf = Leaf(Array(row["hash"] as Data)) else {
                    throw LogFault(.chain, at: expected)
                }
                tip.add(leaf, sequence: expected)
            }
            return tip
        }
        try checkEnd(tip)
        return tip
    }

    private func checkEnd(_ tip: LogTip) throws(LogError) {
        guard let head = try heads().last else {
            if tip.sequence > 0 { throw .broken(LogFault(.head, at: tip.sequence)) }
            return
        }
        guard head.isSigned else { throw .broken(LogFault(.signature, at: head.sequence)) }
        guard head.sequence <= tip.sequence else { throw .broken(LogFault(.truncated, at: tip.sequence)) }
        guard head.sequence == tip.sequence, head.leaf == tip.leaf.hex, head.root == Hex.text(tip.frontier.root) else {
            throw .broken(LogFault(.head, at: tip.sequence))
        }
    }

    /// Rows that the state needs: the council's own, each sitting's beginning and end, and all of those not archived.
    private func liveRows(from sequence: Int64, limit: Int) throws(LogError) -> [LogRow] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM event WHERE seq >= ? AND (
                        sitting IS NULL OR type IN ('sitting_scheduled', 'sitting_opened', 'sitting_closed') OR sitting NOT IN (
                            SELECT sitting FROM event WHERE type = 'sitting_closed' AND sitting IS NOT NULL
                            AND seq < (SELECT max(seq) FROM event WHERE type = 'sitting_opened')))
                    ORDER BY seq LIMIT ?
                    """, arguments: [sequence, limit]
            ).map(LogRow.init)
        }
    }
}

extension LogRow {
    func isFiled(as body: EventBody) -> Bool {
        body.sequence == sequence && body.at.value == at && body.fact.type == type && body.command == command
            && body.sitting?.text == sitting && Array(body.previous.utf8) == Array(Hex.text(previous).utf8)
    }
}
