import Testing
import VoteBoard

struct AgendaImportTests {
    private func read(_ text: String) throws -> [AgendaItem] { try AgendaImport(Array(text.utf8)).items }

    @Test func `a table gives items, sub-items and links`() throws {
        let items = try read(
            """
            № з/п;Назва;Доповідач;Номер проєкту;Посилання
            7;"Про бюджет; зміни";Шевченко Т. Г.;П-12;https://rada.example/7
            7.1;Додаток 1;;;
            8;Різне;;;
            """)
        #expect(items.map(\.id) == ["i7", "i7.1", "i8"])
        #expect(items[0].title == "Про бюджет; зміни")
        #expect(items[0].links == [DocumentLink(title: "https://rada.example/7", url: "https://rada.example/7")])
        #expect(items.map(\.parent) == [nil, "i7", nil])
    }

    @Test func `JSON gives the same, and ids of one's own`() throws {
        let items = try read(
            "[{\"id\": \"budget\", \"title\": \"ბიუჯეტი\", \"links\": [{\"title\": \"PDF\", \"url\": \"https://a.example/1\"}]}, {\"title\": \"x\", \"parent\": \"budget\"}]"
        )
        #expect(items.map(\.id) == ["budget", "i2"])
        #expect(items[1].parent == "budget")
    }

    @Test func `every fault is named with its place`() throws {
        let error = try #require(throws: ImportFaults.self) {
            try read("number,title,link\n1,,\n2,b,javascript:x\n3,\"a\u{1}\",")
        }
        #expect(error.faults.map { [$0.line, $0.column] } == [[2, 1], [3, 3], [4, 2]])
    }

    @Test(arguments: ["", "a,b\n1,2", "{}", "[1]", "[{\"title\":\"a\",\"x\":1}]", "id,title\na,x\na,y", "title,parent\na,7"])
    func `what is no agenda is refused`(_ text: String) {
        #expect(throws: ImportFaults.self) { try read(text) }
    }

    @Test func `a sitting takes what was read`() throws {
        var hall = Hall()
        try hall.must(.scheduleSitting(SittingPlan(id: "s1", title: "Засідання")))
        try hall.must(.replaceAgenda(read("number,title\n1,a\n1.1,b\n1.1.1,c")), in: "s1")
        #expect(hall.sitting.agenda.map(\.parent) == [nil, "i1", nil])
    }
}
