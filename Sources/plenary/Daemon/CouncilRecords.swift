import Foundation
import Logging
import PlenaryConfiguration
import Synchronization
import VoteBoard

/// The halls' records, one file and one board each, and the feed by which both doors hear of it.
final class CouncilRecords: Sendable {
    struct Record: Sendable {
        let board: Board
        let feed: HallFeed
        let past: BoardPast
    }

    private let stateDirectory: String
    private let signer: LogSigner
    private let rules: FirstRules
    private let logger: Logger
    private let records = Mutex<[String: Record]>([:])
    /// What is wrong with the records that do not verify, a sentence each.
    private let damaged = Mutex<[String: String]>([:])

    /// - Throws: when the key that signs the records cannot be read or made.
    init(stateDirectory: String, rules: FirstRules, logger: Logger) throws(CommandFailure) {
        self.stateDirectory = stateDirectory
        self.rules = rules
        self.logger = logger
        let (signer, isNew) = try RecordKey.load(from: stateDirectory)
        self.signer = signer
        logger.info("the record is signed with the key \(signer.publicKey)\(isNew ? ", which is new" : "")")
    }

    subscript(hall: String) -> Record? { records.withLock { $0[hall] } }

    /// Why the hall does without its record; `nil`: it is whole, or there is none.
    func damage(_ hall: String) -> String? { damaged.withLock { $0[hall] } }

    /// The public half of the signing key, with which anybody can verify the record.
    var publicKey: String { signer.publicKey }

    // MARK: opening

    /// Opens the hall's record, reading back and checking what it holds; makes it when there is none. One that does not verify is left
    /// as it is, and costs its own hall only: `damage` says so.
    func open(_ hall: PlenaryConfig.Hall) throws(CommandFailure) {
        let folder = "\(stateDirectory)/halls/\(hall.name)"
        let path = "\(folder)/record.sqlite"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o750])
        } catch {
            throw CommandFailure(.temporary, "the folder \(folder) of hall “\(hall.name)” cannot be made: \(error.localizedDescription)")
        }
        let board: Board
        do {
            board = try Board(log: EventLog(path: path, signer: signer))
        } catch {
            guard let damage = error.damage else {
                throw CommandFailure(error.isTemporary ? .temporary : .refused, "hall “\(hall.name)”: \(error.sentence)")
            }
            damaged.withLock { $0[hall.name] = damage }
            logger.error(
                """
                the record \(path) is damaged and no sitting can be held here; the stream goes on. \(damage) Move it away, put back the last \
                backup and run `plenary reload`; `plenary verify` says of any copy whether it is whole
                """, metadata: ["hall": "\(hall.name)"])
            return
        }
        damaged.withLock { $0[hall.name] = nil }
        if board.state.rules == nil { try begin(board, hall) }
        let record = Record(board: board, feed: HallFeed(board), past: BoardPast(log: board.log))
        records.withLock { $0[hall.name] = record }
        logger.info("the record is open at event \(board.state.sequence)", metadata: ["hall": "\(hall.name)"])
    }

    /// A record without rules gets the configured ones, as its first event.
    private func begin(_ board: Board, _ hall: PlenaryConfig.Hall) throws(CommandFailure) {
        guard let book = try rules.book(hall.rules, hall: hall.name) else { return }
        let logger = logger
        board.send(CommandEnvelope(by: "config", command: .setRules(book))) { answer in
            switch answer {
            case .done: logger.info("the rules of \(book.country) are in force", metadata: ["hall": "\(hall.name)"])
            case .refused(let refusal):
                logger.error(
                    "the rules of the configuration were not taken: \(refusal.sentence)", metadata: ["hall": "\(hall.name)"])
            }
        }
    }

    // MARK: closing

    /// Ends the hall's record: what was sent before is answered and on the disk.
    func close(_ hall: String) async {
        damaged.withLock { $0[hall] = nil }
        guard let record = records.withLock({ $0.removeValue(forKey: hall) }) else { return }
        await record.board.end()
    }

    func closeAll() async { for hall in records.withLock({ Array($0.keys) }) { await close(hall) } }
}

extension LogError {
    /// What does not hold together, where the file itself is at fault; `nil`: another matter.
    fileprivate var damage: String? {
        switch self {
        case .broken(let fault): fault.sentence
        case .unreadable(let words): "\(words)."
        case .notALog: "It is no record of Plenary."
        default: nil
        }
    }

    /// Worth another try as it is.
    fileprivate var isTemporary: Bool {
        switch self {
        case .cannotOpen, .full, .failed: true
        case .notALog, .wrongVersion, .setting, .broken, .unreadable, .changedByOthers: false
        }
    }
}
