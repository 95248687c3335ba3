import Commons
import Crypto
import Foundation
import Gateway
import VoteBoard

/// Takes a vote that a hall's own system held: registers who was there, and casts the ballots in the open round or in one made for it.
///
/// The whole is rehearsed first, and refused whole. Its commands have ids made from the file: the same file again, after a full
/// disk say, goes on where it stopped and does nothing twice.
struct HallSystemDesk {
    let board: Board

    func take(_ body: [UInt8], _ request: ImportRequest) async -> CouncilAnswer {
        let state = board.state
        let vote: ImportedVote
        do throws(ImportFaults) {
            vote = try ImportedVote.hallSystem(body, roster: state.roster, zone: state.timeZone)
        } catch {
            return .failure(error.problem)
        }
        let id = request.sitting.map { SittingID($0) } ?? state.sittingInSession?.id
        guard let id else {
            return .failure(
                request.sitting == nil ? CommandRefusal.unknownSitting(nil).problem : .badValue("sitting", SittingID.requirement))
        }
        guard let sitting = state.sitting(id) else { return .failure(CommandRefusal.unknownSitting(id).problem) }
        let file = Data(SHA256.hash(data: Data(id.text.utf8) + Data(body)))
        let made = RoundID("hs-" + file.prefix(6).map { String(format: "%02x", $0) }.joined())!
        let before = vote.ballots.first.flatMap { round(ofBallot: Self.id(file, HallSystemPlan.key(of: $0.deputy))) }
        let plan = HallSystemPlan(vote, in: sitting, made: made, before: before)
        if let round = sitting.round(plan.round), round.isSecret {
            return .failure(
                Problem(.secretRound, detail: "Round \(plan.round) is secret: results with names are not taken.", field: "round"))
        }
        return await perform(plan, in: sitting, file: file, request)
    }

    /// The round in which a ballot of the same file was cast before.
    private func round(ofBallot command: UUID) -> RoundID? {
        guard case .ballotCast(let round, _, _) = try? board.log.events(of: command).first?.fact else { return nil }
        return round
    }

    private func perform(_ plan: HallSystemPlan, in sitting: Sitting, file: Data, _ request: ImportRequest) async -> CouncilAnswer {
        let report = CommandAnswer.FileReport(
            dryRun: request.isDryRun, changes: plan.lines.map { CommandAnswer.Change(kind: "vote", text: $0) }, round: plan.round.text,
            ballots: plan.ballots)
        if !plan.isBegun,
            let refusal = board.state.rehearse(plan.steps.map(\.command), in: sitting.id, at: ClockReading.system().wall)
        {
            return .failure(refusal.problem)
        }
        if request.isDryRun { return .success(CommandAnswer(events: nil, file: report)) }
        var first: Int64?
        var last: Int64 = 0
        var repeated = true
        for step in plan.steps {
            let envelope = CommandEnvelope(id: Self.id(file, step.key), by: request.by, command: .inSitting(sitting.id, step.command))
            switch await board.send(envelope) {
            case .done(let begin, let end, let again):
                first = first ?? begin
                last = end
                repeated = repeated && again
            case .refused(.nothingToChange): continue
            case .refused(let refusal): return .failure(refusal.problem)
            }
        }
        return CouncilAnswer(.done(first: first ?? last, last: last, repeated: repeated), epoch: board.log.id, file: report)
    }

    /// RFC 9562 §5.8: a UUID of our own making.
    private static func id(_ file: Data, _ key: String) -> UUID {
        var bytes = Array(SHA256.hash(data: file + Data(key.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return NSUUID(uuidBytes: bytes) as UUID
    }
}

/// What a hall system's vote means here, as commands.
struct HallSystemPlan {
    /// The round that takes the ballots.
    var round: RoundID
    /// Each with a name of its own within the file.
    var steps: [(key: String, command: SittingCommand)] = []
    var ballots: Int
    /// The file was taken before, if only in part.
    var isBegun: Bool

    /// - Parameters:
    ///   - made: the round to make when none is open.
    ///   - before: the round that took the file's ballots when it came the first time.
    init(_ vote: ImportedVote, in sitting: Sitting, made: RoundID, before: RoundID?) {
        let isMade = sitting.round(made) != nil
        isBegun = isMade || before != nil
        round = isMade ? made : before ?? sitting.openRound?.id ?? made
        ballots = vote.ballots.count
        let arriving = vote.present.filter { !sitting.present.contains($0) }
        if !arriving.isEmpty, !isBegun { steps.append(("register", .register(arriving))) }
        if round == made {
            let item = vote.number.flatMap { number in sitting.agenda.first { $0.number == number } }
            let plan = RoundPlan(
                id: made, item: item?.id, kind: Self.kind(vote, hasItem: item != nil), question: vote.question ?? vote.title,
                method: .rollCall)
            steps += [("plan", .planRound(plan)), ("open", .openRound(made))]
        }
        steps += vote.ballots.map { (Self.key(of: $0.deputy), .castBallot(round: round, deputy: $0.deputy, choice: $0.choice)) }
        // A round that people opened is theirs to close.
        if round == made { steps.append(("close", .closeRound(made))) }
    }

    /// For people who ask beforehand.
    var lines: [String] {
        [isBegun ? "the file was taken before, in round \(round)" : "round \(round): \(ballots) ballots"]
    }

    static func key(of deputy: DeputyID) -> String { "ballot \(deputy)" }

    private static func kind(_ vote: ImportedVote, hasItem: Bool) -> RoundKind {
        let label = PlainText.folded(vote.typeLabel ?? "") + " " + PlainText.folded(vote.question ?? "")
        guard hasItem else { return .procedural }
        if label.contains("за основу") && !label.contains("в цілому") { return .basis }
        if label.contains("поправк") { return .amendment }
        return .whole
    }
}
