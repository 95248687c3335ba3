import Foundation
import Testing
import VoteBoard

enum Fixtures {
    static func data(_ path: String) throws -> Data {
        let url = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(path)")
        return try Data(contentsOf: url)
    }

    /// The project's `config/rules` as shipped.
    static func ruleFile(_ name: String) throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent("config/rules/\(name).yaml"), encoding: .utf8)
    }

    static func rules(_ name: String = "ua") throws -> RuleBook { try RuleBook(yaml: ruleFile(name)) }

    static let noon = UTCMilliseconds(1_795_341_600_000)  // 2026-11-22T10:00:00Z

    static func roster(deputies: Int = 34, seats: Int? = nil, head: Bool = true) -> Roster {
        var people = (1...deputies).map { number in
            Deputy(
                id: DeputyID("d\(number)") ?? "d", name: PersonName(family: "Депутат\(number)", given: "Ім’я", patronymic: "Іванович"),
                gender: number.isMultiple(of: 2) ? .feminine : .masculine, seat: number,
                memberships: [Membership(faction: number <= deputies / 2 ? "a" : "b")])
        }
        if head { people.append(Deputy(id: "head", name: PersonName(family: "Голова", given: "Ганна"), gender: .feminine, role: .head)) }
        return Roster(
            council: "Рада", seats: seats ?? deputies,
            factions: [Faction(id: "a", name: "Громада"), Faction(id: "b", name: "Місто")], deputies: people)
    }
}
