import Foundation
import Testing

@testable import VoteBoard

struct HallSystemTests {
    private static let kyiv = TimeZone(identifier: "Europe/Kyiv") ?? .gmt
    private let roster = Roster(
        council: "Рада", seats: 5,
        deputies: [
            Deputy(id: "d1", name: PersonName(family: "Шевченко", given: "Тарас", patronymic: "Григорович")),
            Deputy(id: "d2", name: PersonName(family: "Косач-Квітка", given: "Лариса", patronymic: "Петрівна")),
            Deputy(id: "d3", name: PersonName(family: "Заболотний", given: "Дем’ян", patronymic: "Іванович")),
            Deputy(id: "d4", name: PersonName(family: "Коваль", given: "Ігор")),
            Deputy(id: "d5", name: PersonName(family: "Коваль", given: "Інна")),
        ])

    private func file(_ ballots: String) -> [UInt8] {
        Array(
            ("\u{FEFF}" + """
                {"OrgName": "  Міська рада   ", "SName": ".........", "DocTime": "22.11.2026 12:00:00", "GLTime": "22.11.2026 14:05:30",
                 "GLType": "Поіменне", "PD_NPP": "7", "PD_Fullname": "  Про   бюджет\\r\\n громади ", "GL_Text": "0",
                 "GL_ResultType": ".........", "RESULT": "РІШЕННЯ НЕ ПРИЙНЯТО", "DPList": [\(ballots)]}
                """).utf8)
    }

    private func read(_ ballots: String) throws -> ImportedVote {
        try ImportedVote.hallSystem(file(ballots), roster: roster, zone: Self.kyiv)
    }

    @Test func `a hall system's file is read with its dirt`() throws {
        let vote = try read(
            """
            {"DPName": "Шевченко Тарас Григорович            ", "DPGolos": "ЗА       "},
            {"DPName": "  Косач–Квітка  Лариса Петрівна", "DPGolos": "УТРИМАЛАСЬ"},
            {"DPName": "Заболотний Дем'ян", "DPGolos": "ВІДСУТНІЙ"},
            {"DPName": "Коваль Iгор", "DPGolos": "........."},
            {"DPName": "Коваль Інна", "DPGolos": "Проти."}
            """)
        #expect(vote.positions == ["d1": .yes, "d2": .abstain, "d3": .absent, "d4": .notVoting, "d5": .no])
        #expect(vote.title == "Про бюджет громади")
        #expect(vote.organization == "Міська рада")
        #expect(vote.session == nil && vote.question == nil)
        #expect(vote.adopted == false)
        #expect(vote.at == UTCMilliseconds(1_795_349_130_000))
        #expect(vote.present == ["d1", "d2", "d4", "d5"])
        #expect(vote.ballots.map(\.deputy) == ["d1", "d2", "d5"])
    }

    @Test func `a name that matches nobody names the nearest, and nothing is taken`() throws {
        let error = try #require(throws: ImportFaults.self) {
            try read(
                "{\"DPName\": \"Шевчeнко Тарас Григоровiч\", \"DPGolos\": \"ЗА\"}, {\"DPName\": \"Заболотна Дарія\", \"DPGolos\": \"ЗА\"}")
        }
        #expect(error.faults.count == 2)
        #expect(error.faults[0].problem.contains("nearest: Шевченко Тарас Григорович (d1)"))
        #expect(error.faults[0].line == 3)
    }

    @Test func `initials are understood, but not when two could be meant`() throws {
        #expect(try read("{\"DPName\": \"Шевченко Т.Г.\", \"DPGolos\": \"за\"}").positions == ["d1": .yes])
        let error = try #require(throws: ImportFaults.self) { try read("{\"DPName\": \"Коваль І.\", \"DPGolos\": \"за\"}") }
        #expect(error.sentence.contains("could be Коваль Ігор (d4), Коваль Інна (d5)"))
    }

    @Test func `a deputy twice, an unknown word and an empty list are faults`() {
        let one = "{\"DPName\": \"Шевченко Тарас\", \"DPGolos\": \"ЗА\"}"
        #expect(throws: ImportFaults.self) { try read("\(one),\(one)") }
        #expect(throws: ImportFaults.self) { try read("{\"DPName\": \"Шевченко Тарас\", \"DPGolos\": \"МОЖЛИВО\"}") }
        #expect(throws: ImportFaults.self) { try read("") }
        #expect(throws: ImportFaults.self) { try ImportedVote.hallSystem(Array("[]".utf8), roster: roster, zone: .gmt) }
    }
}
