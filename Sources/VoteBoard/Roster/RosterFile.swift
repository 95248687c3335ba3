import Commons

/// What a roster file says, before it is believed.
struct RosterFile {
    var council: Cell?
    var seats: Cell?
    var factions: [(id: Cell?, name: Cell, color: Cell?)] = []
    var rows: [RosterRow] = []
    var faults: [ImportFault] = []

    /// JSON when the first character says so, else a table.
    init(_ bytes: [UInt8]) throws(ImportFaults) {
        let text = try SourceText.decode(bytes)
        switch text.unicodeScalars.first(where: { !$0.properties.isWhitespace }) {
        case "{", "[": readJSON(try JSONNode(reading: text))
        case nil: faults.append(ImportFault(line: 1, column: 1, problem: "the file is empty; write a heading and a line for each deputy"))
        default: readTable(try DelimitedText.rows(text))
        }
    }

    // MARK: table

    private mutating func readTable(_ table: [[Cell]]) {
        guard let heading = table.first else { return }
        let columns = columns(of: heading)
        for row in table.dropFirst() {
            var entry = RosterRow(line: row.first?.line ?? 1)
            if row.count > heading.count, row[heading.count...].contains(where: { !$0.text.isEmpty }) {
                faults.append(row[heading.count].fault("the row has more cells than the heading; put text with a separator in quotes"))
            }
            for (field, column) in columns where column < row.count { entry[field] = row[column] }
            rows.append(entry)
        }
        if table.count == 1 { faults.append(heading[0].fault("there is a heading and no deputy; add a line for each")) }
    }

    /// Where each field stands. “name” beside a family name is the given name, as in Ukraine's open data.
    private mutating func columns(of heading: [Cell]) -> [RosterRow.Field: Int] {
        var columns: [RosterRow.Field: Int] = [:]
        let fields = heading.map { RosterRow.headings[PlainText.folded($0.text)] }
        let hasFamily = fields.contains(.family)
        for (index, found) in fields.enumerated() {
            guard var field = found else { continue }
            if field == .name, hasFamily { field = .given }
            if columns.updateValue(index, forKey: field) != nil {
                faults.append(heading[index].fault("the column “\(field.rawValue)” is there twice; keep one"))
            }
        }
        if !hasFamily, columns[.name] == nil {
            faults.append(
                ImportFault(
                    line: heading.first?.line ?? 1, column: 1,
                    problem: "no column is called family or name; name the columns in the first line: "
                        + RosterRow.Field.allCases.map(\.rawValue).joined(separator: ", ")))
        }
        return columns
    }

    // MARK: JSON

    private mutating func readJSON(_ root: JSONNode) {
        if let list = root.array {
            readDeputies(list)
            return
        }
        guard let entries = root.object else { return }
        check(root, entries, known: ["council", "seats", "factions", "deputies"])
        council = entries["council"]?.cell
        seats = entries["seats"]?.cell
        for node in entries["factions"]?.array ?? [] { readFaction(node) }
        guard let deputies = entries["deputies"]?.array else {
            faults.append(root.fault("deputies is missing or no list; write a list of deputies"))
            return
        }
        readDeputies(deputies)
    }

    private mutating func readFaction(_ node: JSONNode) {
        guard let entries = node.object, let name = entries["name"]?.cell else {
            faults.append(node.fault("a faction needs a name"))
            return
        }
        check(node, entries, known: ["id", "name", "color"])
        factions.append((entries["id"]?.cell, name, entries["color"]?.cell))
    }

    private mutating func readDeputies(_ nodes: [JSONNode]) {
        for node in nodes {
            guard let entries = node.object else {
                faults.append(node.fault("a deputy is an object in braces"))
                continue
            }
            check(node, entries, known: RosterRow.Field.allCases.map(\.rawValue) + ["memberships"])
            var row = RosterRow(line: node.line)
            for field in RosterRow.Field.allCases { row[field] = scalar(entries[field.rawValue], field.rawValue) }
            let memberships = entries["memberships"]?.array ?? []
            if memberships.isEmpty { rows.append(row) }
            for membership in memberships { rows.append(readMembership(membership, of: row)) }
        }
    }

    /// Each time in a faction becomes a row of its own, as in a table.
    private mutating func readMembership(_ node: JSONNode, of row: RosterRow) -> RosterRow {
        var row = row
        guard let entries = node.object else {
            faults.append(node.fault("a membership is an object with faction, from and until"))
            return row
        }
        check(node, entries, known: ["faction", "from", "until"])
        row[.faction] = scalar(entries["faction"], "faction")
        row[.factionFrom] = scalar(entries["from"], "from")
        row[.factionUntil] = scalar(entries["until"], "until")
        return row
    }

    private mutating func scalar(_ node: JSONNode?, _ name: String) -> Cell? {
        guard let node else { return nil }
        if node.cell == nil { faults.append(node.fault("\(name) is a list or an object; write text or a number")) }
        return node.cell
    }

    private mutating func check(_ node: JSONNode, _ entries: [String: JSONNode], known: [String]) {
        for (key, value) in entries.sorted(by: { ($0.value.line, $0.value.column) < ($1.value.line, $1.value.column) })
        where !known.contains(key) {
            faults.append(value.fault("“\(key.prefix(60))” is not a known key; use one of \(known.joined(separator: ", "))"))
        }
    }
}
