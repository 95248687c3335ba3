import Foundation

/// One vote as a Ukrainian hall voting system's JSON tells it, cleaned of its dirt and matched with the roster.
public struct HallSystemVote: Hashable, Sendable {
    public var organization: String?
    public var session: String?
    /// When the vote was held.
    public var at: UTCMilliseconds?
    /// The system's word for the kind of vote: «Поіменне», «Сигнальне», «За основу».
    public var typeLabel: String?
    /// The item's number.
    public var number: String?
    public var title: String
    public var question: String?
    /// What the system says the result was; the board counts for itself.
    public var adopted: Bool?
    public var positions: [DeputyID: Position]

    /// Reads one file.
    ///
    /// - Parameter zone: the council's time zone; the file's times have none.
    public init(_ bytes: [UInt8], roster: Roster, zone: TimeZone) throws(ImportFaults) {
        var reader = HallSystemReader(roster: roster, zone: zone)
        let vote = reader.read(try StrictJSON.parse(SourceText.decode(bytes)))
        guard reader.faults.isEmpty, let vote else { throw ImportFaults(reader.faults) }
        self = vote
    }

    init(
        organization: String?, session: String?, at: UTCMilliseconds?, typeLabel: String?, number: String?, title: String,
        question: String?, adopted: Bool?, positions: [DeputyID: Position]
    ) {
        self.organization = organization
        self.session = session
        self.at = at
        self.typeLabel = typeLabel
        self.number = number
        self.title = title
        self.question = question
        self.adopted = adopted
        self.positions = positions
    }

    /// The ballots to cast for it: those who pressed something.
    public var ballots: [(deputy: DeputyID, choice: Choice)] {
        positions.compactMap { deputy, position in Choice(rawValue: position.rawValue).map { (deputy, $0) } }
            .sorted { $0.deputy < $1.deputy }
    }

    /// Those who were in the hall.
    public var present: [DeputyID] {
        positions.filter { $0.value != .absent && $0.value != .excused }.keys.sorted()
    }
}

private struct HallSystemReader {
    let roster: Roster
    let zone: TimeZone
    var faults: [ImportFault] = []

    mutating func read(_ root: JSONNode) -> HallSystemVote? {
        // Some systems put the one vote into a list.
        let node = root.array?.first ?? root
        guard let fields = node.object, root.array.map({ $0.count == 1 }) ?? true else {
            faults.append(root.fault("one vote is expected: an object with DPList"))
            return nil
        }
        let title = text(fields["PD_Fullname"]) ?? text(fields["GL_Text"])
        if title == nil { faults.append(node.fault("neither PD_Fullname nor GL_Text says what was voted on")) }
        let positions = positions(fields["DPList"], in: node)
        let at = time(fields["GLTime"]) ?? time(fields["DocTime"])
        return HallSystemVote(
            organization: text(fields["OrgName"]), session: text(fields["SName"]), at: at, typeLabel: text(fields["GLType"]),
            number: text(fields["PD_NPP"]), title: title ?? "", question: text(fields["GL_Text"]),
            adopted: result(text(fields["RESULT"]) ?? text(fields["GL_ResultType"])), positions: positions)
    }

    private mutating func positions(_ list: JSONNode?, in node: JSONNode) -> [DeputyID: Position] {
        guard let entries = list?.array, !entries.isEmpty else {
            faults.append((list ?? node).fault("DPList is missing or empty; it lists the deputies and their votes"))
            return [:]
        }
        guard entries.count <= Limits.deputies else {
            faults.append(node.fault("DPList has \(entries.count) entries; at most \(Limits.deputies) are read"))
            return [:]
        }
        let names = NearestName(roster.deputies)
        var positions: [DeputyID: Position] = [:]
        for entry in entries {
            guard let (deputy, position) = ballot(entry, names) else { continue }
            if positions.updateValue(position, forKey: deputy.id) != nil {
                faults.append(entry.fault("\(deputy.name.full) is in DPList twice; the file contradicts itself"))
            }
        }
        return positions
    }

    private mutating func ballot(_ entry: JSONNode, _ names: NearestName) -> (Deputy, Position)? {
        guard let fields = entry.object, let name = text(fields["DPName"]) else {
            faults.append(entry.fault("an entry of DPList needs DPName and DPGolos"))
            return nil
        }
        let label = fields["DPGolos"]?.cell?.text ?? ""
        guard let position = PositionLabel.position(label) else {
            faults.append((fields["DPGolos"] ?? entry).fault("“\(label.prefix(40))” is no known vote"))
            return nil
        }
        switch names.match(name) {
        case .one(let deputy): return (deputy, position)
        case .several(let deputies):
            faults.append(entry.fault("“\(name)” could be \(Self.list(deputies)); write the full name"))
        case .none(let nearest):
            let hint = nearest.isEmpty ? "" : "; nearest: \(Self.list(nearest))"
            faults.append(entry.fault("“\(name)” is not in the roster\(hint)"))
        }
        return nil
    }

    private static func list(_ deputies: [Deputy]) -> String { deputies.map { "\($0.name.full) (\($0.id))" }.joined(separator: ", ") }

    // MARK: cleaning

    /// Trimmed, one space, no controls; `nil` for the dots, dashes and zeros that stand for nothing.
    private func text(_ node: JSONNode?) -> String? {
        guard let raw = node?.cell?.text else { return nil }
        let words = raw.unicodeScalars.split { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0xFEFF }.map(String.init)
        let clean = words.joined(separator: " ")
        guard clean.contains(where: { $0 != "." && $0 != "…" && $0 != "-" }), clean != "0" else { return nil }
        return String(clean.prefix(Limits.title))
    }

    /// `22.11.2026 14:05:30` in the council's zone.
    private func time(_ node: JSONNode?) -> UTCMilliseconds? {
        let parts = text(node)?.split(separator: " ") ?? []
        guard let day = parts.first.flatMap({ LocalDate(String($0)) }) else { return nil }
        let clock = (parts.dropFirst().first ?? "0:0:0").split(separator: ":").compactMap { Int($0) }
        guard (2...3).contains(clock.count), (0...23).contains(clock[0]), (0...59).contains(clock[1]) else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let moment = DateComponents(
            year: day.year, month: day.month, day: day.day, hour: clock[0], minute: clock[1], second: clock.count == 3 ? clock[2] : 0)
        return calendar.date(from: moment).map { UTCMilliseconds(Int64($0.timeIntervalSince1970 * 1000)) }
    }

    private func result(_ text: String?) -> Bool? {
        let words = text.map(PlainText.folded) ?? ""
        if words.contains("не прийнят") || words.contains("відхилен") { return false }
        return words.contains("прийнят") || words.contains("підтриман") ? !words.contains("не підтриман") : nil
    }
}
