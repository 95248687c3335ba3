import Commons
import Foundation

extension ImportedVote {
    /// Reads one file of a Ukrainian hall voting system, with its dirt: a BOM, padded names, `.........` and `0` for nothing,
    /// vendors' and gendered labels.
    ///
    /// - Parameter zone: the council's time zone; the file's times have none.
    package static func hallSystem(_ bytes: [UInt8], roster: Roster, zone: TimeZone) throws(ImportFaults) -> ImportedVote {
        var reader = HallSystemReader(roster: roster, zone: zone)
        let vote = reader.read(try JSONNode(reading: SourceText.decode(bytes)))
        guard reader.faults.isEmpty, let vote else { throw ImportFaults(reader.faults) }
        return vote
    }
}

private struct HallSystemReader {
    let roster: Roster
    let zone: TimeZone
    var faults: [ImportFault] = []

    mutating func read(_ root: JSONNode) -> ImportedVote? {
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
        return ImportedVote(
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
        switch names.deputy(called: name) {
        case .success(let deputy): return (deputy, position)
        case .failure(let problem):
            faults.append(entry.fault(problem.sentence))
            return nil
        }
    }

    // MARK: cleaning

    /// Trimmed, one space, no controls; `nil` for the dots, dashes and zeros that stand for nothing.
    private func text(_ node: JSONNode?) -> String? {
        guard let raw = node?.cell?.text else { return nil }
        let words = raw.unicodeScalars.split { $0.properties.isWhitespace || $0.value < 0x20 || $0.value == 0xFEFF }.map(String.init)
        let clean = words.joined(separator: " ")
        guard clean.contains(where: { $0 != "." && $0 != "…" && $0 != "-" }), clean != "0" else { return nil }
        return String(clean.prefix(Limits.title))
    }

    private func time(_ node: JSONNode?) -> UTCMilliseconds? { text(node).flatMap { UTCMilliseconds(written: $0, in: zone) } }

    private func result(_ text: String?) -> Bool? {
        let words = text.map(PlainText.folded) ?? ""
        if words.contains("не прийнят") || words.contains("відхилен") { return false }
        return words.contains("прийнят") || words.contains("підтриман") ? !words.contains("не підтриман") : nil
    }
}
