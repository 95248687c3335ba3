/// One line of a roster file: a deputy, or a further time in a faction of one.
struct RosterRow {
    enum Field: String, CaseIterable {
        case id, family, given, patronymic, name, gender, role, seat, x, y, faction
        case mandateFrom = "mandate_from"
        case mandateUntil = "mandate_until"
        case factionFrom = "faction_from"
        case factionUntil = "faction_until"
    }

    var line: Int
    private var cells: [Field: Cell] = [:]

    init(line: Int) { self.line = line }

    subscript(field: Field) -> Cell? {
        get { cells[field] }
        // An empty cell is no cell.
        set { cells[field] = newValue.flatMap { PlainText.folded($0.text).isEmpty ? nil : $0 } }
    }

    /// Headings as people write them, folded.
    static let headings: [String: Field] = [
        "id": .id, "votingidentifier": .id, "код": .id,
        "family": .family, "family name": .family, "familyname": .family, "last name": .family, "surname": .family, "прізвище": .family,
        "pavardė": .family, "გვარი": .family,
        "given": .given, "given name": .given, "first name": .given, "ім'я": .given, "імя": .given, "vardas": .given, "სახელი": .given,
        "patronymic": .patronymic, "additionalname": .patronymic, "по батькові": .patronymic, "по-батькові": .patronymic,
        "name": .name, "full name": .name, "піб": .name, "п.і.б.": .name, "депутат": .name, "vardas pavardė": .name,
        "gender": .gender, "стать": .gender, "lytis": .gender, "სქესი": .gender,
        "role": .role, "роль": .role,
        "seat": .seat, "seat number": .seat, "місце": .seat, "номер місця": .seat, "vieta": .seat, "ადგილი": .seat,
        // The second of each is Cyrillic.
        "x": .x, "х": .x, "y": .y, "у": .y,
        "faction": .faction, "party": .faction, "фракція": .faction, "frakcija": .faction, "ფრაქცია": .faction,
        "mandate_from": .mandateFrom, "mandate from": .mandateFrom, "повноваження з": .mandateFrom,
        "mandate_until": .mandateUntil, "mandate until": .mandateUntil, "повноваження до": .mandateUntil,
        "faction_from": .factionFrom, "faction from": .factionFrom, "у фракції з": .factionFrom,
        "faction_until": .factionUntil, "faction until": .factionUntil, "у фракції до": .factionUntil,
    ]
}
