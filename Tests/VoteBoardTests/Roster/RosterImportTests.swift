import Commons
import Foundation
import Testing
import VoteBoard

struct RosterImportTests {
    private func read(_ text: String, current: Roster = .empty, seats: Int? = 34) throws -> RosterImport {
        try RosterImport(Array(text.utf8), current: current, council: "Рада", seats: seats)
    }

    private func faults(_ text: String) throws -> [ImportFault] {
        try #require(throws: ImportFaults.self) { try read(text) }.faults
    }

    private let table = """
        id;Прізвище;Ім'я;По батькові;стать;місце;фракція
        d1;Шевченко;Тарас;Григорович;ч;1;Громада
        d2;"Косач-Квітка";Лариса;Петрівна;ж;2;"Місто; і село"
        """

    @Test func `semicolons, commas, tabs, a BOM and Excel's quotes are all read`() throws {
        let expected = try read(table).roster
        #expect(expected.deputies.map(\.name.full) == ["Шевченко Тарас Григорович", "Косач-Квітка Лариса Петрівна"])
        #expect(expected.deputies[1].gender == .feminine)
        #expect(expected.factions.map(\.name) == ["Громада", "Місто; і село"])
        let commas = table.replacing("Місто; і село", with: "МІСЦЕ").replacing(";", with: ",").replacing("МІСЦЕ", with: "Місто; і село")
        #expect(try read("\u{FEFF}" + commas.replacing("\n", with: "\r\n")).roster == expected)
        #expect(try read("sep=;\n" + table).roster == expected)
        let wide: [UInt8] = [0xFF, 0xFE] + table.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        #expect(try RosterImport(wide, current: .empty, council: "Рада", seats: 34).roster == expected)
    }

    @Test func `a dry run shows what changes`() throws {
        let now = try read(table).roster
        #expect(try read(table, current: now).changes.isEmpty)
        let next = try read(table.replacing(";2;", with: ";7;") + "\nd3;Франко;Іван;Якович;ч;3;Громада", current: now)
        #expect(next.changes.map(\.sentence) == ["~ d2: Косач-Квітка Лариса Петрівна: seat → 7", "+ d3: Франко Іван Якович"])
        #expect(try read("id;family\nd1;Шевченко", current: now).changes.contains { $0.sentence.hasPrefix("− d2") })
    }

    @Test func `every fault is named with its line and column`() throws {
        let found = try faults(
            """
            id,family,given,seat,gender,mandate_from
            d1,Шевченко,Тарас,x,ч,2026-02-30
            d 2?,Франко,Іван,2,ч,
            d3,,Леся,3,ж,
            d4,Ко\u{7}цюба,Іван,4,щось,
            """)
        #expect(found.map { [$0.line, $0.column] } == [[2, 4], [2, 6], [3, 1], [4, 1], [5, 2]])
        #expect(found[0].sentence == "line 2, column 4: seat “x” is no whole number above 0; write digits")
    }

    @Test func `two deputies of one id or one seat are a fault at the second`() throws {
        #expect(try faults("id,family,seat\nd1,А,1\nd1,Б,2").map(\.line) == [3])
        let found = try faults("id,family,seat\nd1,А,1\nd2,Б,1")
        #expect(found.map(\.line) == [3])
        #expect(found[0].problem.contains("seat 1 belongs to d1 and d2 at once"))
    }

    @Test func `places on the hall's plan are read, and a gap in it is told`() throws {
        let roster = try read("id,family,seat,x,Y,role\nd1,А,1,0,100,\nd2,Б,2,45,60,\nh,В,,50,100,head").roster
        #expect(roster.deputies.map(\.place) == [SeatPlace(x: 0, y: 100), SeatPlace(x: 45, y: 60), SeatPlace(x: 50, y: 100)])
        let day = try #require(CivilDate("2026-11-22"))
        #expect(roster.planWarnings(on: day).isEmpty)
        #expect(try read("id,family\nd1,А\nd2,Б").roster.planWarnings(on: day).isEmpty)
        let gap = try read("id,family,x,y\nd1,А,10,10\nd2,Б,,\nd3,В,10,10").roster
        #expect(gap.planWarnings(on: day) == ["the seat plan is not drawn: without x and y are d2", "d1 and d3 have the same x and y"])
        let moved = try read("id,family,x,y\nd1,А,10,12\nd2,Б,,\nd3,В,,", current: gap)
        #expect(moved.changes.map(\.sentence) == ["~ d1: А: place → 10, 12", "~ d3: В: place → none"])
        #expect(try faults("id,family,x,y\nd1,А,101,0\nd2,Б,5,\nd3,В,1.5,2").map { [$0.line, $0.column] } == [[2, 3], [3, 3], [4, 3]])
        let json = try read("{\"deputies\":[{\"id\":\"d1\",\"family\":\"А\",\"x\":7,\"y\":8}]}").roster
        #expect(json.deputy("d1")?.place == SeatPlace(x: 7, y: 8))
    }

    @Test func `factions change over time and a seat is inherited`() throws {
        let roster = try read(
            """
            id,family,seat,faction,faction_from,faction_until,mandate_from,mandate_until
            d1,Шевченко,1,A,2024-01-01,2025-06-30,2024-01-01,
            d1,Шевченко,1,B,01.07.2025,,2024-01-01,
            d2,Франко,2,A,,,2024-01-01,2026-01-31
            d3,Леся,2,B,,,2026-02-01,
            """
        ).roster
        let day = try #require(CivilDate("2025-06-30"))
        let later = try #require(CivilDate("2026-03-01"))
        #expect(roster.deputy("d1")?.faction(on: day) == "A")
        #expect(roster.deputy("d1")?.faction(on: later) == "B")
        #expect(roster.serving(on: day).map(\.id) == ["d1", "d2"])
        #expect(roster.serving(on: later).map(\.id) == ["d1", "d3"])
    }

    @Test func `JSON gives the same, with the place of each fault`() throws {
        let roster = try read(
            """
            {"council": "საკრებულო", "seats": 33, "factions": [{"id": "x", "name": "ფრაქცია", "color": "#0B57A4"}],
             "deputies": [{"id": "d1", "family": "ჭავჭავაძე", "given": "ილია", "seat": 1, "faction": "x"},
                          {"id": "m", "family": "მერი", "role": "head"}]}
            """, seats: nil
        ).roster
        #expect(roster.seats == 33)
        #expect(roster.factions == [Faction(id: "x", name: "ფრაქცია", color: "#0b57a4")])
        #expect(roster.deputy("m")?.role == .head)
        #expect(
            try faults("{\"deputies\": [\n  {\"id\": \"d1\", \"family\": 1, \"chair\": true}]}").map { [$0.line, $0.column] } == [[2, 38]])
    }

    @Test func `a council's size is never guessed`() throws {
        let error = try #require(throws: ImportFaults.self) { try read(table, seats: nil) }
        #expect(error.sentence.contains("number of seats is not known"))
    }

    @Test func `people without an id keep the one they have`() throws {
        let now = try read(table).roster
        let next = try read("name;seat\nШЕВЧЕНКО  Тарас Григорович;5\nНова Людина;6", current: now)
        #expect(next.roster.deputies[0].id == "d1")
        #expect(next.roster.deputies[1].id.text.hasPrefix("p-"))
    }

    @Test func `names in any script are kept, direction marks dropped, overrides refused`() throws {
        let roster = try read("id,family,given\na,\u{200F}כהן\u{200E},דוד\nb,王,小明\nc,O’Brien,Zoë").roster
        #expect(roster.deputies.map(\.name.family) == ["כהן", "王", "O’Brien"])
        #expect(try faults("id,family\na,x\u{202E}y").first?.problem.contains("U+202E") == true)
    }

    @Test func `a file in an older encoding is refused with the remedy`() throws {
        let bytes: [UInt8] = Array("id;family\nd1;".utf8) + [0xD8, 0xE5, 0xE2, 0xF7]
        let error = try #require(throws: ImportFaults.self) { try RosterImport(bytes, current: .empty, council: "Р", seats: 3) }
        #expect(error.sentence.contains("CSV UTF-8"))
    }

    @Test(arguments: ["", "   ", "family", "a,b\n1,2", "\"", "id,family\n\"x\"y,z", "[", "{}", "[1]", "{\"deputies\":{}}", "null"])
    func `what is no roster is refused`(_ text: String) {
        #expect(throws: ImportFaults.self) { try read(text) }
    }

    @Test func `a file beyond measure is refused`() {
        #expect(throws: ImportFaults.self) {
            try RosterImport(Array(repeating: UInt8(ascii: "a"), count: 5 << 20), current: .empty, council: "Р", seats: 3)
        }
        #expect(throws: ImportFaults.self) { try read("id,family\n" + (1...2000).map { "d\($0),x" }.joined(separator: "\n")) }
    }
}
