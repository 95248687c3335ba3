import Commons
import Foundation
import Gateway
import VoteBoard

/// The halls' boards as the door sees them: bodies become commands, answers become bodies.
struct CouncilDesk: CouncilControl {
    /// The board of a hall; `nil` when it has none.
    let board: @Sendable (String) -> Board?
    /// The hall's title, for a roster that does not name its council.
    let title: @Sendable (String) -> String?

    // MARK: commands

    func command(_ body: [UInt8], in hall: String) -> Result<CouncilCommand, Problem> {
        guard let board = board(hall) else { return .failure(.noRecord(hall)) }
        do throws(ImportFaults) {
            let request = try CommandRequest(body)
            return .success(
                CouncilCommand(name: request.name.rawValue, isBallot: request.name.isBallot) { by in
                    await CouncilAnswer(board.send(request.envelope(by: by)), epoch: board.log.id)
                })
        } catch {
            return .failure(error.problem)
        }
    }

    // MARK: files

    func importRoster(_ body: [UInt8], in hall: String, _ request: ImportRequest) async -> CouncilAnswer {
        guard let board = board(hall) else { return .failure(.noRecord(hall)) }
        let read: RosterImport
        do throws(ImportFaults) {
            read = try RosterImport(body, current: board.state.roster, council: title(hall), seats: request.seats)
        } catch {
            return .failure(error.problem)
        }
        let today = board.state.day(at: ClockReading.system().wall)
        let vacant = read.roster.seats - read.roster.filled(on: today)
        var warnings = vacant > 0 ? ["\(vacant) of \(read.roster.seats) seats are vacant today"] : []
        warnings += read.roster.planWarnings(on: today)
        return await take(
            .importRoster(read.roster), on: board, request,
            changes: read.changes.map { CommandAnswer.Change(kind: $0.kind, text: $0.sentence) }, warnings: warnings)
    }

    func importAgenda(_ body: [UInt8], in hall: String, _ request: ImportRequest) async -> CouncilAnswer {
        guard let board = board(hall) else { return .failure(.noRecord(hall)) }
        guard let sitting = request.sitting.flatMap(SittingID.init) else { return .failure(.badValue("sitting", SittingID.requirement)) }
        do throws(ImportFaults) {
            let items = try AgendaImport(body).items
            let changes = items.map { CommandAnswer.Change(kind: "item", text: "\($0.number). \($0.title)") }
            return await take(.inSitting(sitting, .replaceAgenda(items)), on: board, request, changes: changes)
        } catch {
            return .failure(error.problem)
        }
    }

    func setRules(_ body: [UInt8], in hall: String, _ request: ImportRequest) async -> CouncilAnswer {
        guard let board = board(hall) else { return .failure(.noRecord(hall)) }
        guard let text = String(validating: body, as: UTF8.self) else {
            return .failure(ImportFaults([ImportFault(line: 1, column: 1, problem: "the file is not UTF-8; save it as UTF-8")]).problem)
        }
        do throws(RuleFileFaults) {
            let rules = try RuleBook(yaml: text)
            let changes = rules == board.state.rules ? [] : [CommandAnswer.Change(kind: "rules", text: rules.summary)]
            return await take(.setRules(rules), on: board, request, changes: changes)
        } catch {
            return .failure(
                ImportFaults(error.faults.map { ImportFault(line: $0.line, column: 1, problem: "\($0.key): \($0.problem)") }).problem)
        }
    }

    /// Sends what a file became, or says whether it would be taken.
    private func take(
        _ command: Command, on board: Board, _ request: ImportRequest, changes: [CommandAnswer.Change], warnings: [String] = []
    ) async -> CouncilAnswer {
        let report = CommandAnswer.FileReport(dryRun: request.isDryRun, changes: changes, warnings: warnings)
        if request.isDryRun {
            switch board.state.decide(command, at: ClockReading.system().wall) {
            case .failure(.nothingToChange), .success: return .success(CommandAnswer(events: nil, file: report))
            case .failure(let refusal): return .failure(refusal.problem)
            }
        }
        guard let envelope = CommandEnvelope(request, command) else { return .failure(.badValue("id", "a UUID")) }
        return await CouncilAnswer(board.send(envelope), epoch: board.log.id, file: report)
    }

    func takeHallSystem(_ body: [UInt8], in hall: String, _ request: ImportRequest) async -> CouncilAnswer {
        guard let board = board(hall) else { return .failure(.noRecord(hall)) }
        return await HallSystemDesk(board: board).take(body, request)
    }

    // MARK: reading

    func rules(of hall: String) -> Result<CouncilDocument, Problem> {
        guard let board = board(hall) else { return .failure(.noRecord(hall)) }
        guard let rules = board.state.rules else {
            return .failure(Problem(.noRules, status: 404, detail: "The council has no rules yet; import a file of config/rules."))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = (try? encoder.encode(rules)).map { Array($0) } ?? []
        return .success(CouncilDocument(contentType: "application/json", body: body))
    }

    func record(of hall: String) -> any RecordReader { BoardRecord(board(hall)?.log) }

    func export(_ request: ExportRequest, in hall: String) async -> Result<CouncilDocument, Problem> {
        guard let board = board(hall) else { return .failure(.noRecord(hall)) }
        return CouncilExport(board: board).answer(request)
    }
}

extension CommandEnvelope {
    /// `nil` when the request's id is no UUID.
    init?(_ request: ImportRequest, _ command: Command) {
        guard let id = request.id.map({ UUID(uuidString: $0) }) ?? UUID() else { return nil }
        self.init(id: id, expected: request.expected, by: request.by, command: command)
    }
}

extension RosterChange {
    /// For programs that count: `deputy_added`.
    fileprivate var kind: String {
        switch self {
        case .council: "council"
        case .seats: "seats"
        case .factionAdded: "faction_added"
        case .factionRemoved: "faction_removed"
        case .factionChanged: "faction_changed"
        case .deputyAdded: "deputy_added"
        case .deputyRemoved: "deputy_removed"
        case .deputyChanged: "deputy_changed"
        }
    }
}

extension RuleBook {
    fileprivate var summary: String { "rules \(rules.keys.sorted().joined(separator: ", "))" }
}
