import Foundation
import GRDB

/// An event on its way into the record.
package struct PendingEvent: Sendable {
    var record: RecordedEvent
    var command: UUID
    var digest: String
    var by: String
}

/// The file of the record: one append-only table, one writer.
///
/// Rollback journal and `synchronous=EXTRA`: a commit that has returned survives the loss of power. The file is one hall's.
package final class EventLog: Sendable {
    static let version = 1
    static let applicationID = 0x504C_4E59  // "PLNY"

    let database: DatabaseQueue
    private let signer: LogSigner
    package let path: String
    /// The log's own id, the epoch of the wire.
    package let id: String

    /// Opens or makes the file. Does not read the events; `replay` does.
    package init(path: String, signer: LogSigner) throws(LogError) {
        self.path = path
        self.signer = signer
        var configuration = Configuration()
        configuration.label = "plenary.record"
        // Somebody copies the file: wait for them, for seconds.
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
            try db.execute(sql: "PRAGMA synchronous = EXTRA")
        }
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
            id = try Self.prepare(database, path: path)
        } catch let error as LogError {
            throw error
        } catch {
            throw Self.isDamage(error) ? .unreadable(words: Self.words(error)) : .cannotOpen(path: path, words: Self.words(error))
        }
    }

    private static func isDamage(_ error: any Error) -> Bool {
        guard let code = (error as? DatabaseError)?.resultCode else { return false }
        return code == .SQLITE_CORRUPT || code == .SQLITE_NOTADB
    }

    private static func prepare(_ database: DatabaseQueue, path: String) throws -> String {
        try database.writeWithoutTransaction { db in
            let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
            guard journal == "delete" else { throw LogError.setting(name: "journal_mode", found: journal, needed: "delete") }
            let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
            guard synchronous == 3 else { throw LogError.setting(name: "synchronous", found: "\(synchronous)", needed: "3") }
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            if tables == 0 { try create(db) } else if application != applicationID { throw LogError.notALog(path: path) }
            guard tables == 0 || version == Self.version else {
                throw LogError.wrongVersion(path: path, found: version, known: Self.version)
            }
            guard let id = try String.fetchOne(db, sql: "SELECT id FROM log") else { throw LogError.notALog(path: path) }
            return id
        }
    }

    private static func create(_ db: Database) throws {
        try db.inTransaction {
            try db.execute(
                sql: """
                    CREATE TABLE log (id TEXT NOT NULL);
                    CREATE TABLE event (
                        seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, sitting TEXT, command TEXT NOT NULL,
                        body BLOB NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL
                    ) STRICT;
                    CREATE INDEX event_command ON event (command);
                    CREATE INDEX event_sitting ON event (sitting);
                    CREATE INDEX event_kind ON event (type) WHERE type IN
                        ('roster_imported', 'rules_set', 'clock_stepped', 'sitting_scheduled', 'sitting_opened', 'sitting_closed');
                    CREATE TABLE head (seq INTEGER PRIMARY KEY, kept INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
                    PRAGMA application_id = \(applicationID);
                    PRAGMA user_version = \(version);
                    """)
            try db.execute(sql: "INSERT INTO log (id) VALUES (?)", arguments: [UUID().uuidString.lowercased()])
            return .commit
        }
    }

    /// Appends in one transaction: all of them are on the disk when this returns, or none.
    ///
    /// - Parameter tip: where the record ends; returned anew.
    func append(_ events: [PendingEvent], after tip: LogTip) throws(LogError) -> LogTip {
        do {
            var tip = tip
            var rows: [(body: EventBody, bytes: [UInt8], previous: Leaf)] = []
            for event in events {
                let body = EventBody(
                    sequence: event.record.sequence, at: event.record.at, sitting: event.record.event.sitting,
                    fact: event.record.event.fact, command: event.command.uuidString.lowercased(), digest: event.digest, by: event.by,
                    previous: tip.leaf.hex)
                let bytes = try body.bytes()
                rows.append((body, bytes, tip.leaf))
                tip.add(Leaf(of: bytes), sequence: body.sequence)
            }
            guard let last = events.last else { return tip }
            let head = try signer.sign(
                log: id, sequence: tip.sequence, at: last.record.at, leaf: tip.leaf, root: tip.frontier.root)
            let keep = events.contains { $0.record.event.fact == .sittingClosed }
            try database.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    try Self.checkTip(first: rows.first?.previous, in: db)
                    for row in rows { try Self.insert(row.body, row.bytes, previous: row.previous, in: db) }
                    try db.execute(sql: "DELETE FROM head WHERE kept = 0")
                    try db.execute(
                        sql: "INSERT INTO head (seq, kept, body) VALUES (?, ?, ?)",
                        arguments: [head.sequence, keep ? 1 : 0, Data(try head.bytes())])
                    return .commit
                }
            }
            return tip
        } catch {
            let failure = Self.failure(error)
            // A full disk shows in several ways: no room for the journal, for a page, for the directory's entry.
            if case .failed = failure, isDiskFull { throw .full }
            throw failure
        }
    }

    private var isDiskFull: Bool {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard let free = try? FileManager.default.attributesOfFileSystem(forPath: folder)[.systemFreeSize] as? NSNumber else {
            return false
        }
        return free.int64Value < 64 << 10
    }

    /// Nobody else may have written: the record must end where the daemon believes it does.
    private static func checkTip(first: Leaf?, in db: Database) throws {
        let hash = try Data.fetchOne(db, sql: "SELECT hash FROM event ORDER BY seq DESC LIMIT 1")
        guard (hash.map(Array.init) ?? Leaf.none.bytes) == first?.bytes else { throw LogError.changedByOthers }
    }

    private static func insert(_ body: EventBody, _ bytes: [UInt8], previous: Leaf, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO event (seq, at, type, sitting, command, body, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        try statement.execute(arguments: [
            body.sequence, body.at.value, body.fact.type, body.sitting?.text, body.command, Data(bytes), Data(previous.bytes),
            Data(Leaf(of: bytes).bytes),
        ])
    }

    // MARK: reading

    /// Rows as stored, from `sequence` on, at most `limit`.
    package func rows(from sequence: Int64, limit: Int) throws(LogError) -> [LogRow] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM event WHERE seq >= ? ORDER BY seq LIMIT ?",
                arguments: [sequence, limit]
            ).map(LogRow.init)
        }
    }

    /// The events of one command, empty when it was never done.
    package func events(of command: UUID) throws(LogError) -> [EventBody] {
        let bodies = try read { db in
            try Data.fetchAll(
                db, sql: "SELECT body FROM event WHERE command = ? ORDER BY seq LIMIT 5000",
                arguments: [command.uuidString.lowercased()])
        }
        do { return try bodies.map { try EventBody(bytes: Array($0)) } } catch { throw .failed(words: "\(error)") }
    }

    /// Types of what happened after `sequence`, at most 100.
    func summaries(after sequence: Int64) throws(LogError) -> [ChangeSummary] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT seq, type FROM event WHERE seq > ? ORDER BY seq LIMIT 100", arguments: [sequence])
                .map { ChangeSummary(sequence: $0["seq"], type: $0["type"]) }
        }
    }

    /// The newest signed head and, before it, those kept at the end of sittings.
    package func heads() throws(LogError) -> [SignedHead] {
        let bodies = try read { db in try Data.fetchAll(db, sql: "SELECT body FROM head ORDER BY seq") }
        do { return try bodies.map { try JSONDecoder().decode(SignedHead.self, from: $0) } } catch { throw .failed(words: "\(error)") }
    }

    /// Copies the whole record into a new file while it is in use.
    package func backup(to path: String) throws(LogError) {
        do {
            try database.backup(to: DatabaseQueue(path: path))
        } catch {
            throw Self.failure(error)
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(LogError) -> Value {
        do { return try database.read(body) } catch { throw Self.failure(error) }
    }

    private static func failure(_ error: any Error) -> LogError {
        if let error = error as? LogError { return error }
        if let fault = error as? LogFault { return .broken(fault) }
        guard let error = error as? DatabaseError else { return .failed(words: "\(error)") }
        if isDamage(error) { return .unreadable(words: words(error)) }
        return error.resultCode == .SQLITE_FULL ? .full : .failed(words: words(error))
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(error)" }
        return "SQLite \(error.extendedResultCode.rawValue), \(error.message ?? "no words")"
    }
}

/// A row of the event table, nothing believed yet.
package struct LogRow: Hashable, Sendable {
    package var sequence: Int64
    package var at: Int64
    package var type: String
    package var sitting: String?
    package var command: String
    package var body: [UInt8]
    package var previous: [UInt8]
    package var hash: [UInt8]

    init(_ row: Row) {
        sequence = row["seq"]
        at = row["at"]
        type = row["type"]
        sitting = row["sitting"]
        command = row["command"]
        body = Array(row["body"] as Data)
        previous = Array(row["prev"] as Data)
        hash = Array(row["hash"] as Data)
    }
}

/// Where a record ends.
package struct LogTip: Hashable, Sendable {
    package var sequence: Int64 = 0
    package var leaf = Leaf.none
    package var frontier = MerkleFrontier()

    package init() {}

    mutating func add(_ leaf: Leaf, sequence: Int64) {
        self.sequence = sequence
        self.leaf = leaf
        frontier.append(leaf)
    }
}
