/// What can go wrong with the file of the record.
package enum LogError: Error, Hashable, Sendable {
    case cannotOpen(path: String, words: String)
    case notALog(path: String)
    case wrongVersion(path: String, found: Int, known: Int)
    case setting(name: String, found: String, needed: String)
    case broken(LogFault)
    /// The file is no database any more, or SQLite finds its pages out of order.
    case unreadable(words: String)
    case full
    case changedByOthers
    case failed(words: String)

    package var sentence: String {
        switch self {
        case .cannotOpen(let path, let words):
            "The record \(path) cannot be opened: \(words). Check that the directory exists and belongs to the daemon."
        case .notALog(let path): "\(path) is no record of Plenary; name another file."
        case .wrongVersion(let path, let found, let known): "\(path) is of version \(found), this program knows \(known); upgrade Plenary."
        case .setting(let name, let found, let needed):
            "SQLite keeps \(name) at \(found) instead of \(needed); the disk would lose votes. Use a local disk."
        case .broken(let fault): "The record is damaged. \(fault.sentence) Restore the last backup."
        case .unreadable(let words): "The record is damaged: \(words). Restore the last backup."
        case .full: "The disk that holds the record is full; free some space."
        case .changedByOthers: "Another program has written into the record; stop it and restart the daemon."
        case .failed(let words): "The record could not be read or written: \(words)."
        }
    }
}

/// The first event at which a record does not hold together.
package struct LogFault: Error, Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case missing, unreadable, sequence, chain, column, head, signature, truncated, tally, otherKey = "other_key"
    }

    package var sequence: Int64
    package var kind: Kind

    package init(_ kind: Kind, at sequence: Int64) {
        self.sequence = sequence
        self.kind = kind
    }

    package var sentence: String {
        switch kind {
        case .missing: "Event \(sequence) is missing."
        case .unreadable: "Event \(sequence) cannot be read."
        case .sequence: "Event \(sequence) is out of order."
        case .chain: "Event \(sequence) does not follow from the one before it: one of them was changed."
        case .column: "Event \(sequence) is filed under other words than it holds."
        case .head: "The signed head does not belong to event \(sequence)."
        case .signature: "The head of event \(sequence) is not signed by the key it names."
        case .truncated: "The signed head speaks of more events than the \(sequence) that are there."
        case .tally: "Event \(sequence) states a result that its ballots do not give."
        case .otherKey: "The head of event \(sequence) is signed by another key than the one expected."
        }
    }
}
