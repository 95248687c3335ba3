import Commons
import Testing

@Suite struct `A problem` {
    private func json(_ problem: Problem, adding members: [String: [UInt8]] = [:]) -> String {
        String(decoding: problem.json(adding: members), as: UTF8.self)
    }

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
        #expect(
            json(Problem(.badField, status: 400, detail: "x"), adding: ["values": Array(#"{"limit":4}"#.utf8)])
                == #"{"code":"bad_field","detail":"x","status":400,"title":"bad field","type":"urn:plenary:bad_field","values":{"limit":4}}"#
        )
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
