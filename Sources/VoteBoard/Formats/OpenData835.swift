import Foundation

/// Ukraine's open-data set of roll-call votes (Cabinet resolution 835): tables of motions and votings.
package enum OpenData835 {
    /// How the authority is named in the state's registers.
    package struct Authority: Hashable, Sendable {
        package var name: String
        /// ЄДРПОУ.
        package var id: String
        /// КАТОТТГ.
        package var cattutc: String

        package init(name: String, id: String, cattutc: String) {
            self.name = name
            self.id = id
            self.cattutc = cattutc
        }
    }

    static let motionColumns = [
        "uid", "date", "authorityName", "authorityId", "authorityCattutc", "convocation", "legislativeSession", "num", "title",
        "projectNum", "votingFor", "votingAgainst", "votingAbstain", "notVoting", "absent", "votingResult", "textUrl", "text",
    ]
    static let votingColumns = ["motionUid", "voterId", "voterName", "motionTitle", "result"]

    /// The announced named rounds of a sitting, as two files: UTF-8 with a BOM, commas.
    package static func export(_ sitting: Sitting, council: CouncilState, authority: Authority) -> (motions: [UInt8], votings: [UInt8]) {
        var motions = [motionColumns]
        var votings = [votingColumns]
        for round in sitting.rounds where round.status == .announced && !round.isSecret && round.plan.kind != .registration {
            guard let result = round.result else { continue }
            let item = round.plan.item.flatMap { sitting.item($0) }
            let uid = "\(sitting.id)-\(round.id)"
            let title = item?.title ?? round.plan.question
            motions.append(motion(round, result, item, uid, title, sitting, council, authority))
            for (id, position) in (result.positions ?? [:]).sorted(by: { $0.key < $1.key }) {
                votings.append([uid, id.text, council.roster.deputy(id)?.name.full ?? id.text, title, word(position)])
            }
        }
        return (table(motions), table(votings))
    }

    private static func motion(
        _ round: VoteRound, _ result: RoundResult, _ item: AgendaItem?, _ uid: String, _ title: String, _ sitting: Sitting,
        _ council: CouncilState, _ authority: Authority
    ) -> [String] {
        let counts = result.verdict.counts
        // The set has no word for a recusal: such a deputy did not vote.
        return [
            uid, round.closedAt.map { $0.text(in: council.timeZone) } ?? "", authority.name, authority.id, authority.cattutc,
            sitting.plan.term ?? "", sitting.plan.session ?? "", item?.number ?? "", title, item?.draft ?? "", "\(counts.yes)",
            "\(counts.no)", "\(counts.abstain)", "\(counts.notVoting + counts.recused)", "\(counts.absent)",
            result.verdict.outcome == .adopted ? "Прийнято" : "Не прийнято", item?.links.first?.url ?? "", round.plan.question,
        ]
    }

    private static func word(_ position: Position) -> String {
        switch position {
        case .yes: "За"
        case .no: "Проти"
        case .abstain: "Утримався"
        case .notVoting, .recused, .paired: "Не голосував"
        case .absent, .excused: "Відсутній"
        }
    }

    private static func table(_ rows: [[String]]) -> [UInt8] {
        [0xEF, 0xBB, 0xBF] + Array(rows.map { $0.map(cell).joined(separator: ",") + "\r\n" }.joined().utf8)
    }

    private static func cell(_ text: String) -> String {
        let needsQuotes = text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" || $0 == ";" }
        return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    }

    /// Reads the two files back, whatever the separator and the order of the columns.
    package static func votes(
        motions: [UInt8], votings: [UInt8], roster: Roster, zone: TimeZone
    ) throws(ImportFaults) -> [ImportedVote] {
        let heads = try Table835(motions, needed: ["uid", "title"], file: "motions")
        let lines = try Table835(votings, needed: ["motionUid", "result"], file: "votings")
        let names = NearestName(roster.deputies)
        var faults: [ImportFault] = []
        var positions: [String: [DeputyID: Position]] = [:]
        for row in lines.rows {
            guard let uid = lines.cell("motionUid", row), let result = lines.cell("result", row) else { continue }
            guard let position = PositionLabel.position(result.text) else {
                faults.append(result.fault("“\(result.text.prefix(40))” is no known vote"))
                continue
            }
            let id = lines.cell("voterId", row).flatMap { DeputyID($0.text) }
            if let id, roster.deputy(id) != nil {
                positions[uid.text, default: [:]][id] = position
                continue
            }
            switch names.deputy(called: lines.cell("voterName", row)?.text ?? id?.text ?? "") {
            case .success(let deputy): positions[uid.text, default: [:]][deputy.id] = position
            case .failure(let problem): faults.append(result.fault(problem.sentence))
            }
        }
        guard faults.isEmpty else { throw ImportFaults(faults) }
        return heads.rows.compactMap { row in
            guard let uid = heads.cell("uid", row), let title = heads.cell("title", row) else { return nil }
            let verdict = heads.cell("votingResult", row).map { PlainText.folded($0.text) }
            return ImportedVote(
                id: uid.text, organization: heads.cell("authorityName", row)?.text, session: heads.cell("legislativeSession", row)?.text,
                at: heads.cell("date", row).flatMap { UTCMilliseconds(written: $0.text, in: zone) }, number: heads.cell("num", row)?.text,
                title: title.text, question: heads.cell("text", row)?.text, adopted: verdict.map { !$0.hasPrefix("не") },
                positions: positions[uid.text] ?? [:])
        }
    }
}

/// A table whose columns are found by name.
private struct Table835 {
    let rows: [[Cell]]
    private var columns: [String: Int] = [:]

    init(_ bytes: [UInt8], needed: [String], file: String) throws(ImportFaults) {
        let table = try DelimitedText.rows(SourceText.decode(bytes))
        for (index, cell) in (table.first ?? []).enumerated() { columns[PlainText.folded(cell.text)] = index }
        rows = Array(table.dropFirst())
        let missing = needed.filter { columns[$0.lowercased()] == nil }
        guard missing.isEmpty else {
            throw ImportFaults([ImportFault(line: 1, column: 1, problem: "\(file) has no column \(missing.joined(separator: ", "))")])
        }
    }

    func cell(_ name: String, _ row: [Cell]) -> Cell? {
        guard let index = columns[name.lowercased()], index < row.count, !row[index].text.isEmpty else { return nil }
        return row[index]
    }
}
