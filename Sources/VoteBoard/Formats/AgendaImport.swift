import Commons

/// An agenda read from a file, checked whole.
package struct AgendaImport: Hashable, Sendable {
    package var items: [AgendaItem]

    /// Reads CSV (number, title, rapporteur, draft, parent, link) or JSON (a list of such objects; `links` is a list).
    ///
    /// An item numbered “7.1” below one numbered “7” is its sub-item. Items without an id get one from their number.
    package init(_ bytes: [UInt8]) throws(ImportFaults) {
        var reader = AgendaReader()
        let text = try SourceText.decode(bytes)
        switch text.unicodeScalars.first(where: { !$0.properties.isWhitespace }) {
        case "[", "{": reader.readJSON(try JSONNode(reading: text))
        case nil:
            reader.faults.append(ImportFault(line: 1, column: 1, problem: "the file is empty; write a heading and a line for each item"))
        default: reader.readTable(try DelimitedText.rows(text))
        }
        let items = reader.items()
        guard reader.faults.isEmpty else { throw ImportFaults(reader.faults.sorted { ($0.line, $0.column) < ($1.line, $1.column) }) }
        self.items = items
    }
}

private struct AgendaReader {
    enum Field: String, CaseIterable { case id, number, title, rapporteur, draft, parent, link }

    var faults: [ImportFault] = []
    private var rows: [(cells: [Field: Cell], links: [(title: String, url: Cell)], line: Int)] = []

    /// Folded: “№” is “no”.
    private static let headings: [String: Field] = [
        "id": .id, "number": .number, "no": .number, "no з/п": .number, "n з/п": .number, "номер": .number, "nr": .number, "nr.": .number,
        "title": .title, "name": .title, "назва": .title, "питання": .title, "pavadinimas": .title, "klausimas": .title, "სათაური": .title,
        "საკითხი": .title, "rapporteur": .rapporteur, "speaker": .rapporteur, "доповідач": .rapporteur, "pranešėjas": .rapporteur,
        "მომხსენებელი": .rapporteur, "draft": .draft, "проєкт": .draft, "номер проєкту": .draft, "projektas": .draft, "პროექტი": .draft,
        "parent": .parent, "link": .link, "url": .link, "посилання": .link, "nuoroda": .link, "ბმული": .link,
    ]

    mutating func readTable(_ table: [[Cell]]) {
        guard let heading = table.first else { return }
        var columns: [Field: Int] = [:]
        for (index, cell) in heading.enumerated() {
            guard let field = Self.headings[PlainText.folded(cell.text)] else { continue }
            if columns.updateValue(index, forKey: field) != nil {
                faults.append(cell.fault("the column “\(field.rawValue)” is there twice; keep one"))
            }
        }
        guard columns[.title] != nil else {
            faults.append(
                heading[0].fault(
                    "no column is called title; name the columns in the first line: number, title, rapporteur, draft, parent, link"))
            return
        }
        for row in table.dropFirst() {
            let cells = columns.compactMapValues { $0 < row.count && !PlainText.folded(row[$0].text).isEmpty ? row[$0] : nil }
            rows.append((cells, cells[.link].map { [("", $0)] } ?? [], row.first?.line ?? 1))
        }
    }

    mutating func readJSON(_ root: JSONNode) {
        guard let nodes = root.array ?? root.object?["items"]?.array else {
            faults.append(root.fault("a list of items is expected"))
            return
        }
        for node in nodes {
            guard let entries = node.object else {
                faults.append(node.fault("an item is an object in braces"))
                continue
            }
            for (key, value) in entries where Field(rawValue: key) == nil && key != "links" {
                faults.append(
                    value.fault(
                        "“\(key.prefix(60))” is not a known key; use \(Field.allCases.map(\.rawValue).joined(separator: ", ")) or links"))
            }
            var cells: [Field: Cell] = [:]
            for field in Field.allCases {
                guard let cell = entries[field.rawValue]?.cell, !cell.text.isEmpty else { continue }
                cells[field] = cell
            }
            var links = cells[.link].map { [("", $0)] } ?? []
            for link in entries["links"]?.array ?? [] {
                guard let url = link.object?["url"]?.cell ?? link.cell else {
                    faults.append(link.fault("a link is an address, or an object with title and url"))
                    continue
                }
                links.append((link.object?["title"]?.cell?.text ?? "", url))
            }
            rows.append((cells, links, node.line))
        }
    }

    mutating func items() -> [AgendaItem] {
        var items: [AgendaItem] = []
        var byNumber: [String: AgendaItem] = [:]
        var ids: Set<ItemID> = []
        guard rows.count <= Limits.items else {
            faults.append(ImportFault(line: 1, column: 1, problem: "there are \(rows.count) items; at most \(Limits.items) are taken"))
            return []
        }
        for (index, row) in rows.enumerated() {
            let number = text(row.cells[.number], "number", 20) ?? "\(index + 1)"
            guard let title = text(row.cells[.title], "title", Limits.title) else {
                if row.cells[.title] == nil {
                    faults.append(ImportFault(line: row.line, column: 1, problem: "the item has no title; write one"))
                }
                continue
            }
            guard let id = id(row.cells[.id], number: number, index: index, taken: ids) else { continue }
            ids.insert(id)
            let item = AgendaItem(
                id: id, number: number, title: title, rapporteur: text(row.cells[.rapporteur], "rapporteur", Limits.name),
                draft: text(row.cells[.draft], "draft", Limits.name), links: row.links.compactMap { link($0.title, $0.url) },
                parent: parent(row.cells[.parent], number: number, among: byNumber, items))
            items.append(item)
            if byNumber[number] == nil { byNumber[number] = item }
        }
        return items
    }

    private mutating func id(_ cell: Cell?, number: String, index: Int, taken: Set<ItemID>) -> ItemID? {
        if let cell {
            guard let id = ItemID(cell.text) else {
                faults.append(cell.fault("id “\(cell.text.prefix(40))”: write \(ItemID.requirement)"))
                return nil
            }
            if taken.contains(id) { faults.append(cell.fault("the id \(id) is there twice; every item needs its own")) }
            return id
        }
        if let id = ItemID("i\(number)"), !taken.contains(id) { return id }
        return ItemID("n\(index + 1)")
    }

    private mutating func parent(_ cell: Cell?, number: String, among known: [String: AgendaItem], _ items: [AgendaItem]) -> ItemID? {
        if let cell {
            guard let found = known[cell.text] ?? items.first(where: { $0.id.text == cell.text }), found.parent == nil else {
                faults.append(cell.fault("parent “\(cell.text.prefix(40))” is no item above this one, or a sub-item itself"))
                return nil
            }
            return found.id
        }
        guard let dot = number.lastIndex(of: "."), let found = known[String(number[..<dot])], found.parent == nil else { return nil }
        return found.id
    }

    private mutating func link(_ title: String, _ url: Cell) -> DocumentLink? {
        guard url.text.hasPrefix("https://") || url.text.hasPrefix("http://") else {
            faults.append(url.fault("“\(url.text.prefix(60))” is no web address; write one that begins with https:// or http://"))
            return nil
        }
        return DocumentLink(title: title.isEmpty ? url.text : title, url: url.text)
    }

    private mutating func text(_ cell: Cell?, _ field: String, _ limit: Int) -> String? {
        guard let cell else { return nil }
        do throws(PlainText.Fault) {
            return try PlainText.line(cell.text, limit: limit)
        } catch {
            faults.append(cell.fault("\(field) \(error.sentence)"))
            return nil
        }
    }
}
