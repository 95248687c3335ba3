import Commons
import Crypto

/// A roster read from a file, checked whole, with what it would change. Nothing happens until it is sent as a command.
package struct RosterImport: Hashable, Sendable {
    package var roster: Roster
    package var changes: [RosterChange]

    /// Reads CSV (`,` `;` or tabs, quotes, BOM) or JSON.
    ///
    /// - Parameters:
    ///   - current: the roster that this one would take the place of; its ids are kept for people of the same name.
    ///   - council: the council's name, when neither the file nor `current` has it.
    ///   - seats: the full composition, likewise. It is never guessed from the number of deputies.
    package init(_ bytes: [UInt8], current: Roster, council: String? = nil, seats: Int? = nil) throws(ImportFaults) {
        let file = try RosterFile(bytes)
        var builder = RosterBuilder(current: current, faults: file.faults)
        let roster = builder.build(file, council: council, seats: seats)
        guard builder.faults.isEmpty else {
            throw ImportFaults(builder.faults.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
        }
        self.roster = roster
        changes = current.changes(to: roster)
    }
}

/// Turns a file's rows into a roster, collecting faults.
private struct RosterBuilder {
    let current: Roster
    var faults: [ImportFault]
    private var factions: [Faction] = []
    private var deputies: [Deputy] = []
    private var place: [DeputyID: Int] = [:]
    private var lines: [DeputyID: Int] = [:]

    init(current: Roster, faults: [ImportFault]) {
        self.current = current
        self.faults = faults
    }

    mutating func build(_ file: RosterFile, council: String?, seats: Int?) -> Roster {
        for entry in file.factions { addFaction(entry.id, entry.name, entry.color) }
        for row in file.rows { add(row) }
        let name = file.council.flatMap { line($0, "council", Limits.name) } ?? council ?? current.council
        if name.isEmpty {
            faults.append(ImportFault(line: 1, column: 1, problem: "the council's name is not known; give it beside the file"))
        }
        let count = file.seats.flatMap { number($0, "seats") } ?? seats ?? current.seats
        if count == 0 {
            faults.append(
                ImportFault(line: 1, column: 1, problem: "the number of seats is not known; give the full composition beside the file"))
        }
        let roster = Roster(council: name, seats: count, factions: factions, deputies: deputies)
        if faults.isEmpty { faults = roster.faults.map { fault(of: $0) } }
        return roster
    }

    private func fault(of fault: RosterFault) -> ImportFault {
        ImportFault(line: fault.deputy.flatMap { lines[$0] } ?? 1, column: 1, problem: fault.sentence)
    }

    // MARK: deputies

    private mutating func add(_ row: RosterRow) {
        guard let name = name(of: row), let id = id(of: row, name: name) else { return }
        let membership = membership(of: row)
        if let known = place[id] {
            addAgain(row, name: name, membership: membership, to: known)
            return
        }
        place[id] = deputies.count
        lines[id] = row.line
        deputies.append(
            Deputy(
                id: id, name: name, gender: row[.gender].flatMap { gender($0) }, role: row[.role].flatMap { role($0) } ?? .deputy,
                seat: row[.seat].flatMap { number($0, "seat") }, place: seatPlace(of: row),
                mandate: DateSpan(from: date(row[.mandateFrom], "mandate_from"), until: date(row[.mandateUntil], "mandate_until")),
                memberships: membership.map { [$0] } ?? []))
    }

    /// A second line of the same deputy adds a time in a faction, and nothing else.
    private mutating func addAgain(_ row: RosterRow, name: PersonName, membership: Membership?, to index: Int) {
        guard deputies[index].name == name, let membership else {
            let first = lines[deputies[index].id] ?? 1
            faults.append(
                ImportFault(
                    line: row.line, column: row[.id]?.column ?? 1,
                    problem:
                        "the deputy \(deputies[index].id) is on line \(first) already; a second line repeats the name and adds a faction"))
            return
        }
        deputies[index].memberships.append(membership)
    }

    private mutating func name(of row: RosterRow) -> PersonName? {
        if let family = row[.family] {
            guard let kept = line(family, "family", Limits.name) else { return nil }
            return PersonName(
                family: kept, given: row[.given].flatMap { line($0, "given", Limits.name) } ?? "",
                patronymic: row[.patronymic].flatMap { line($0, "patronymic", Limits.name) })
        }
        guard let whole = row[.name] else {
            faults.append(ImportFault(line: row.line, column: 1, problem: "the line has no family name; write one"))
            return nil
        }
        guard let kept = line(whole, "name", Limits.name) else { return nil }
        let parts = kept.split(separator: " ").map(String.init)
        return PersonName(
            family: parts.first ?? kept, given: parts.count > 1 ? parts[1] : "",
            patronymic: parts.count > 2 ? parts[2...].joined(separator: " ") : nil)
    }

    /// The file's id, else that of a person of this name in the roster now, else one made from the name.
    private mutating func id(of row: RosterRow, name: PersonName) -> DeputyID? {
        if let cell = row[.id] {
            guard let id = DeputyID(cell.text.filter { !$0.isWhitespace }) else {
                faults.append(cell.fault("id “\(cell.text.prefix(40))”: write \(DeputyID.requirement)"))
                return nil
            }
            return id
        }
        let folded = PlainText.folded(name.full)
        return current.deputies.first { PlainText.folded($0.name.full) == folded }?.id ?? DeputyID("p-" + made(from: folded))
    }

    private func made(from text: String) -> String { Hex.text(SHA256.hash(data: Array(text.utf8)).prefix(5)) }

    // MARK: factions

    private mutating func membership(of row: RosterRow) -> Membership? {
        guard let cell = row[.faction] else { return nil }
        let span = DateSpan(from: date(row[.factionFrom], "faction_from"), until: date(row[.factionUntil], "faction_until"))
        return addFaction(nil, cell, nil).map { Membership(faction: $0, span: span) }
    }

    @discardableResult
    private mutating func addFaction(_ given: Cell?, _ cell: Cell, _ color: Cell?) -> FactionID? {
        guard let name = line(cell, "faction", Limits.name) else { return nil }
        let folded = PlainText.folded(name)
        // A deputy's line may name a faction by its id or by its name.
        if given == nil, let known = factions.first(where: { $0.id.text == name || PlainText.folded($0.name) == folded }) {
            return known.id
        }
        let before = current.factions.first { PlainText.folded($0.name) == folded || $0.id.text == given?.text }
        let id = given.flatMap { FactionID($0.text) } ?? before?.id ?? FactionID(name) ?? FactionID("f-" + made(from: folded))
        if let given, FactionID(given.text) == nil { faults.append(given.fault("faction id: write \(FactionID.requirement)")) }
        guard let id else { return nil }
        factions.append(Faction(id: id, name: name, color: color.flatMap { self.color($0) } ?? before?.color))
        return id
    }

    private mutating func color(_ cell: Cell) -> String? {
        let text = cell.text.lowercased()
        if text.count == 7, text.first == "#", Hex.bytes(String(text.dropFirst())) != nil { return text }
        if !text.isEmpty { faults.append(cell.fault("color “\(cell.text.prefix(20))”: write #rrggbb")) }
        return nil
    }

    // MARK: cells

    private mutating func line(_ cell: Cell, _ field: String, _ limit: Int) -> String? {
        do throws(PlainText.Fault) {
            return try PlainText.line(cell.text, limit: limit)
        } catch {
            faults.append(cell.fault("\(field) \(error.sentence)"))
            return nil
        }
    }

    private mutating func number(_ cell: Cell, _ field: String) -> Int? {
        let text = PlainText.folded(cell.text)
        if let number = Int(text), number > 0 { return number }
        faults.append(cell.fault("\(field) “\(text.prefix(40))” is no whole number above 0; write digits"))
        return nil
    }

    private mutating func seatPlace(of row: RosterRow) -> SeatPlace? {
        switch (row[.x], row[.y]) {
        case (nil, nil): return nil
        case (let x?, let y?):
            guard let x = coordinate(x, "x"), let y = coordinate(y, "y") else { return nil }
            return SeatPlace(x: x, y: y)
        case (let alone?, nil), (nil, let alone?):
            faults.append(alone.fault("a place on the hall's plan needs both x and y; write the other too"))
            return nil
        }
    }

    private mutating func coordinate(_ cell: Cell, _ field: String) -> Int? {
        let text = PlainText.folded(cell.text)
        if let number = Int(text), SeatPlace.range.contains(number) { return number }
        faults.append(cell.fault("\(field) “\(text.prefix(40))” is no whole number from 0 to 100; write digits"))
        return nil
    }

    private mutating func date(_ cell: Cell?, _ field: String) -> CivilDate? {
        guard let cell else { return nil }
        let text = PlainText.folded(cell.text)
        if let date = CivilDate(text) { return date }
        faults.append(cell.fault("\(field) “\(text.prefix(40))” is no day; write it as 2026-11-22"))
        return nil
    }

    private mutating func gender(_ cell: Cell) -> GrammaticalGender? {
        switch PlainText.folded(cell.text) {
        case "m", "male", "masculine", "ч", "чол", "чол.", "чоловік", "чоловіча", "vyras", "კაცი", "მამრობითი": return .masculine
        case "f", "female", "feminine", "ж", "жін", "жін.", "жінка", "жіноча", "moteris", "ქალი", "მდედრობითი": return .feminine
        default:
            faults.append(cell.fault("gender “\(cell.text.prefix(40))” is not known; write masculine, feminine or nothing"))
            return nil
        }
    }

    private mutating func role(_ cell: Cell) -> Deputy.Role? {
        switch PlainText.folded(cell.text) {
        case "deputy", "member", "депутат", "narys", "დეპუტატი": return .deputy
        case "head", "mayor", "голова", "міський голова", "сільський голова", "селищний голова", "meras", "merė", "მერი": return .head
        default:
            faults.append(cell.fault("role “\(cell.text.prefix(40))” is not known; write deputy or head"))
            return nil
        }
    }
}
