import Commons
import Foundation

/// Reads a record from its first event on and stops at the first that does not hold: the chain, the order, every tally.
///
/// The same checker reads the daemon's file and an exported one, so that anybody can repeat it.
package struct LogVerifier: Sendable {
    package private(set) var tip = LogTip()
    package private(set) var state = CouncilState()

    package init() {}

    /// Checks one more body, as stored.
    package mutating func accept(_ bytes: [UInt8]) throws(LogFault) {
        let expected = tip.sequence + 1
        let body: EventBody
        do { body = try EventBody(bytes: bytes) } catch { throw LogFault(.unreadable, at: expected) }
        guard body.sequence == expected else { throw LogFault(body.sequence > expected ? .missing : .sequence, at: expected) }
        guard body.previous == tip.leaf.hex else { throw LogFault(.chain, at: expected) }
        guard TallyAudit.holds(body.record, in: state) else { throw LogFault(.tally, at: expected) }
        tip.add(Leaf(of: bytes), sequence: body.sequence)
        state.apply(body.record)
    }

    /// As `accept`, with the columns the body is filed under.
    package mutating func accept(_ row: LogRow) throws(LogFault) {
        let expected = tip.sequence + 1
        guard row.sequence == expected else { throw LogFault(row.sequence > expected ? .missing : .sequence, at: expected) }
        guard row.previous == tip.leaf.bytes, row.hash == Leaf(of: row.body).bytes else { throw LogFault(.chain, at: expected) }
        try accept(row.body)
        guard let body = try? EventBody(bytes: row.body), row.isFiled(as: body) else { throw LogFault(.column, at: expected) }
    }

    /// Checks a head against the events accepted so far.
    ///
    /// - Parameters:
    ///   - isLast: the record ends here; a head of more events means that some were cut off.
    ///   - key: the public key that must have signed, when the reader knows it from elsewhere.
    package func check(_ head: SignedHead, isLast: Bool, key: String? = nil) throws(LogFault) {
        guard head.isSigned else { throw LogFault(.signature, at: head.sequence) }
        if let key, key != head.key { throw LogFault(.otherKey, at: head.sequence) }
        guard head.sequence <= tip.sequence else { throw LogFault(.truncated, at: tip.sequence) }
        guard head.sequence == tip.sequence else {
            if isLast { throw LogFault(.head, at: tip.sequence) }
            return
        }
        guard head.leaf == tip.leaf.hex, head.root == Hex.text(tip.frontier.root) else { throw LogFault(.head, at: head.sequence) }
    }
}

extension EventLog {
    /// Folds the whole record, checking it on the way.
    package func replay(key: String? = nil) throws(LogError) -> LogVerifier {
        var verifier = LogVerifier()
        do {
            let heads = try heads()
            let kept = Dictionary(heads.map { ($0.sequence, $0) }, uniquingKeysWith: { first, _ in first })
            while true {
                let rows = try rows(from: verifier.tip.sequence + 1, limit: 500)
                for row in rows {
                    try verifier.accept(row)
                    if let head = kept[row.sequence] { try verifier.check(head, isLast: false, key: key) }
                }
                if rows.count < 500 { break }
            }
            guard let last = heads.last else {
                if verifier.tip.sequence > 0 { throw LogFault(.head, at: verifier.tip.sequence) }
                return verifier
            }
            try verifier.check(last, isLast: true, key: key)
        } catch let fault as LogFault {
            throw .broken(fault)
        } catch let error as LogError {
            throw error
        } catch {
            throw .failed(words: "\(error)")
        }
        return verifier
    }
}
