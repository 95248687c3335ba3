import GRDB

@testable import VoteBoard

extension EventLog {
    /// Lets the file grow by no more pages, as a full disk does; 0 lifts it.
    func limitPages(to count: Int) throws {
        try database.writeWithoutTransaction { db in
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(count == 0 ? 1_073_741_823 : count)")
        }
    }

    /// Changes the file behind the log's back.
    func tamper(_ sql: String, _ arguments: StatementArguments = []) throws {
        try database.writeWithoutTransaction { try $0.execute(sql: sql, arguments: arguments) }
    }
}
