import Commons
import Foundation
import Testing

@Suite struct `A problem` {
    private func json(_ problem: Problem) -> String { String(decoding: problem.json(), as: UTF8.self) }

    @Test func `has its code twice: alone and as a type`() {
        #expect(
            json(Problem(.noSuchHall, detail: "There is no hall “x”.", field: "hall"))
                == #"{"code":"no_such_hall","detail":"There is no hall “x”.","field":"hall","status":404,"title":"no such hall","type":"urn:plenary:no_such_hall"}"#
        )
    }

    @Test func `without a code is what its status says`() {
        #expect(
            json(Problem(status: 405, detail: "Use GET."))
                == #"{"detail":"Use GET.","status":405,"title":"Method Not Allowed","type":"about:blank"}"#)
    }

    @Test func `has further members in their order`() {
        var problem = Problem(.badField, status: 400, detail: "x")
        problem.values = ["limit": .integer(4)]
        #expect(
            json(problem)
                == #"{"code":"bad_field","detail":"x","status":400,"title":"bad field","type":"urn:plenary:bad_field","values":{"limit":4}}"#
        )
    }

    @Test func `is read as it was written`() throws {
        var problem = Problem(.conflict, detail: "x", field: "expected")
        problem.values = ["limit": .integer(4)]
        problem.current = 5
        problem.since = [Problem.Change(sequence: 5, type: "notice_posted")]
        problem.faults = [Problem.Fault(line: 1, column: 2, message: "y")]
        for problem in [problem, Problem(status: 405, detail: "Use GET.")] {
            #expect(try JSONDecoder().decode(Problem.self, from: Data(problem.json())) == problem)
        }
    }

    @Test func `with a code that is not known here is one without a code`() throws {
        let text = #"{"code":"of_tomorrow","detail":"x","status":409,"title":"of tomorrow","type":"urn:plenary:of_tomorrow"}"#
        #expect(try JSONDecoder().decode(Problem.self, from: Data(text.utf8)).code == nil)
    }

    @Test func `is safe in JSON and in a page, whatever was sent`() {
        #expect(
            json(Problem(status: 404, detail: "a\"b\\c\n\u{1}\u{7F}ї</script>")).contains(#""a\"b\\c\u000a\u0001\u007fї\u003c/script>""#))
    }

    @Test func `has a code in one spelling, and a status that is an error`() {
        for code in ProblemCode.allCases {
            #expect(code.rawValue.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x5F }, "\(code)")
            #expect((400...599).contains(code.status) && !HTTPStatus.phrase(code.status).hasPrefix("Status"), "\(code)")
        }
    }
}
