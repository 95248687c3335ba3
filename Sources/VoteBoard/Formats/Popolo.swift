import Commons
import Foundation

/// Popolo's vote event, as Open Civic Data exchanges it.
package enum Popolo {
    /// One closed round; `nil` while it is open or was never opened. A recused deputy is exported as excused, with a note.
    package static func voteEvent(_ round: VoteRound, in sitting: Sitting, council: CouncilState) -> JSONValue? {
        guard let terms = round.terms, let result = round.result, let opened = round.openedAt, let closed = round.closedAt else {
            return nil
        }
        let verdict = result.verdict
        let passed = verdict.outcome == .adopted && round.status != .annulled
        let groups = Dictionary(terms.entitled.map { ($0.deputy, $0.faction) }, uniquingKeysWith: { first, _ in first })
        let item = round.plan.item.flatMap { sitting.item($0) }
        return .fields([
            "id": .string("\(sitting.id)/\(round.id)"), "organization_id": .string(council.roster.council),
            "legislative_session": .text(sitting.plan.session ?? sitting.plan.title), "identifier": .string(round.id.text),
            "motion": .fields([
                "id": .text(item?.id.text), "text": .string(item.map { "\($0.title): \(round.plan.question)" } ?? round.plan.question),
                "requirement": .string(
                    "\(terms.rule.strict ? ">" : ">=") \(terms.rule.numerator)/\(terms.rule.denominator) \(terms.rule.base.rawValue)"),
                "date": .string(opened.utcText), "classification": .string(round.plan.kind.rawValue),
                "result": .string(passed ? "pass" : "fail"),
            ]),
            "start_date": .string(opened.utcText), "end_date": .string(closed.utcText),
            "result": .string(passed ? "pass" : "fail"), "counts": counts(verdict.counts),
            "votes": .array(votes(result, groups, council)), "sources": .array([]),
            "created_at": .string(closed.utcText), "updated_at": .string((round.announcedAt ?? closed).utcText),
            "annulled": .text(round.annulment),
        ])
    }

    private static func counts(_ counts: BallotCounts) -> JSONValue {
        .array(
            [
                ("yes", counts.yes), ("no", counts.no), ("abstain", counts.abstain), ("not voting", counts.notVoting),
                ("absent", counts.absent), ("excused", counts.recused),
            ].map { .fields(["option": .string($0.0), "value": .number($0.1)]) })
    }

    private static func votes(_ result: RoundResult, _ groups: [DeputyID: FactionID?], _ council: CouncilState) -> [JSONValue] {
        (result.positions ?? [:]).sorted { $0.key < $1.key }.map { id, position in
            let deputy = council.roster.deputy(id)
            return .fields([
                "voter_id": .string(id.text), "voter_name": .text(deputy?.name.full), "option": .string(option(position)),
                "group_id": .text((groups[id] ?? nil)?.text), "role": .text(deputy?.role.rawValue), "weight": .number(1),
                "note": position == .recused ? .string("recused: conflict of interest") : nil,
            ])
        }
    }

    private static func option(_ position: Position) -> String {
        switch position {
        case .notVoting: "not voting"
        case .recused: "excused"
        default: position.rawValue
        }
    }

    /// Reads vote events: one, or a list.
    package static func votes(_ bytes: [UInt8], roster: Roster, zone: TimeZone) throws(ImportFaults) -> [ImportedVote] {
        let root = try JSONNode(reading: SourceText.decode(bytes))
        var reader = PopoloReader(names: NearestName(roster.deputies), roster: roster, zone: zone)
        let votes = (root.array ?? [root]).compactMap { reader.vote($0) }
        guard reader.faults.isEmpty else { throw ImportFaults(reader.faults) }
        return votes
    }
}

private struct PopoloReader {
    let names: NearestName
    let roster: Roster
    let zone: TimeZone
    var faults: [ImportFault] = []

    mutating func vote(_ node: JSONNode) -> ImportedVote? {
        guard let fields = node.object else {
            faults.append(node.fault("a vote event is an object"))
            return nil
        }
        let motion = fields["motion"]?.object
        guard let title = motion?["text"]?.cell?.text ?? fields["identifier"]?.cell?.text else {
            faults.append(node.fault("neither motion.text nor identifier says what was voted on"))
            return nil
        }
        var positions: [DeputyID: Position] = [:]
        for entry in fields["votes"]?.array ?? [] {
            guard let (deputy, position) = ballot(entry) else { continue }
            if positions.updateValue(position, forKey: deputy) != nil { faults.append(entry.fault("\(deputy) votes twice; keep one vote")) }
        }
        let result = (fields["result"] ?? motion?["result"])?.cell?.text
        return ImportedVote(
            id: fields["id"]?.cell?.text, organization: fields["organization_id"]?.cell?.text,
            session: fields["legislative_session"]?.cell?.text,
            at: (fields["start_date"] ?? motion?["date"])?.cell.flatMap { UTCMilliseconds(written: $0.text, in: zone) },
            typeLabel: motion?["classification"]?.cell?.text, number: fields["identifier"]?.cell?.text, title: title,
            adopted: result.map { ["pass", "passed", "adopted"].contains($0) }, positions: positions)
    }

    private mutating func ballot(_ entry: JSONNode) -> (DeputyID, Position)? {
        guard let fields = entry.object, let option = fields["option"]?.cell else {
            faults.append(entry.fault("a vote needs voter_id or voter_name, and option"))
            return nil
        }
        let word = PlainText.folded(option.text)
        guard let position = word == "not voting" ? .notVoting : Position(rawValue: word) ?? PositionLabel.position(word) else {
            faults.append(option.fault("“\(option.text.prefix(40))” is no known option"))
            return nil
        }
        // Our own export writes a recusal as excused with a note.
        let noted = fields["note"]?.cell?.text.hasPrefix("recused") == true ? Position.recused : position
        if let id = fields["voter_id"]?.cell.flatMap({ DeputyID($0.text) }), roster.deputy(id) != nil { return (id, noted) }
        let name = fields["voter_name"]?.cell?.text ?? fields["voter_id"]?.cell?.text ?? ""
        switch names.deputy(called: name) {
        case .success(let deputy): return (deputy.id, noted)
        case .failure(let problem):
            faults.append(entry.fault(problem.sentence))
            return nil
        }
    }
}
