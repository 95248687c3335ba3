import Commons
import Gateway
import Synchronization
import VoteBoard

/// A hall's record, five hundred events at a time, with the head that was signed when the reading began.
final class BoardRecord: RecordReader {
    private let reader: Mutex<LogExport.Reader?>

    init(_ log: EventLog?) { reader = Mutex(log.map { LogExport.Reader($0) }) }

    func next() throws -> [UInt8]? { try reader.withLock { try $0?.next() } }
}

/// A sitting's votes in the forms that others read.
struct CouncilExport {
    let board: Board

    func answer(_ request: ExportRequest) -> Result<CouncilDocument, Problem> {
        var council = board.state
        guard let id = request.sitting.map({ SittingID($0) }) ?? council.sittingOnShow?.id else {
            return .failure(.badValue("sitting", SittingID.requirement))
        }
        guard var sitting = council.sitting(id) else { return .failure(CommandRefusal.unknownSitting(id).problem) }
        if sitting.isArchived {
            do throws(LogError) {
                council = try board.log.sitting(id)
            } catch {
                return .failure(CommandRefusal.storageFailed(error.sentence).problem)
            }
            sitting = council.sitting(id) ?? sitting
        }
        switch request.format {
        case .resolution835:
            let authority = OpenData835.Authority(
                name: council.roster.council, id: request.authority.id, cattutc: request.authority.cattutc)
            let files = OpenData835.export(sitting, council: council, authority: authority)
            return .success(
                CouncilDocument(
                    contentType: "text/csv; charset=utf-8", body: request.table == "votings" ? files.votings : files.motions))
        case .popolo:
            let events = sitting.rounds.compactMap { Popolo.voteEvent($0, in: sitting, council: council) }
            return .success(CouncilDocument(contentType: "application/json", body: JSONValue.array(events).bytes))
        }
    }
}
