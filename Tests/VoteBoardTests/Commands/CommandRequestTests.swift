import Commons
import Foundation
import Testing

@testable import VoteBoard

struct CommandRequestTests {
    private func read(_ text: String) throws -> CommandRequest { try CommandRequest(Array(text.utf8)) }

    /// A value that each field takes.
    private static let examples: [String: String] = [
        "title": "\"t\"", "scheduled_for": "1795341600000", "place": "\"p\"", "term": "\"8\"", "session": "\"3\"", "until": "1795341600000",
        "notice": "\"n\"", "text": "\"n\"", "items": "[{\"item\":\"i1\",\"number\":\"1\",\"title\":\"t\"}]", "item": "\"i1\"",
        "number": "\"1\"", "rapporteur": "\"r\"", "draft": "\"d\"", "links": "[{\"url\":\"https://a.example\"}]", "parent": "\"i0\"",
        "added_by": "\"r0\"", "index": "0", "state": "\"postponed\"", "reason": "\"r\"", "speaker": "\"t1\"", "deputy": "\"d1\"",
        "guest": "\"g\"", "kind": "null", "seconds": "30", "deputies": "[\"d1\",\"d2\"]", "round": "\"r1\"", "question": "\"q\"",
        "method": "\"roll_call\"", "rule": "\"majority\"", "reveal": "\"live\"", "supersedes": "\"r0\"", "choice": "\"yes\"", "yes": "1",
        "no": "2", "abstain": "3",
    ]

    private static func body(_ name: CommandName, leavingOut: String? = nil) -> String {
        let fields = name.fields.map { $0.hasSuffix("?") ? String($0.dropLast()) : $0 }.filter { $0 != leavingOut }
        let values = fields.map { field in
            let kind = name == .queueSpeaker ? "\"debate\"" : "\"whole\""
            return "\"\(field)\":\(field == "kind" ? kind : examples[field] ?? "null")"
        }
        return "{" + (["\"command\":\"\(name.rawValue)\"", "\"sitting\":\"s1\""] + values).joined(separator: ",") + "}"
    }

    @Test(arguments: CommandName.allCases)
    func `every command is read with all its fields, and not without one it needs`(_ name: CommandName) throws {
        let request = try read(Self.body(name))
        #expect(request.name == name)
        for field in name.fields where !field.hasSuffix("?") {
            let error = #expect(throws: ImportFaults.self, "\(name) without \(field)") { try read(Self.body(name, leavingOut: field)) }
            #expect(error?.sentence.contains(field) == true)
        }
    }

    @Test func `a ballot is read`() throws {
        let id = UUID()
        let request = try read(
            "{\"command\":\"cast_ballot\",\"id\":\"\(id)\",\"expected\":7,\"round\":\"r1\",\"deputy\":\"d1\",\"choice\":\"no\"}")
        #expect(request.id == id && request.expected == 7)
        #expect(request.command == .inSitting(nil, .castBallot(round: "r1", deputy: "d1", choice: .no)))
        #expect(CommandName.allCases.filter(\.isBallot) == [.castBallot])
    }

    @Test(arguments: [
        "[]", "{}", "{\"command\":\"vote\"}", "{\"command\":\"open_sitting\",\"sittin\":\"s1\"}",
        "{\"command\":\"open_round\",\"round\":7}", "{\"command\":\"open_round\",\"round\":\"a b\"}",
        "{\"command\":\"open_round\",\"round\":\"r\",\"id\":\"1\"}", "{\"command\":\"open_round\",\"round\":\"r\",\"expected\":1.5}",
        "{\"command\":\"open_round\",\"round\":\"r\",\"round\":\"r\"}", "{\"command\":\"register\",\"deputies\":[1]}",
        "{\"command\":\"extend_speech\",\"seconds\":1e999}", "{\"command\":\"extend_speech\",\"seconds\":\"30\"}",
    ])
    func `what is no command is refused with its place`(_ text: String) throws {
        let error = try #require(throws: ImportFaults.self) { try read(text) }
        #expect(error.problem.status == 422)
        #expect(error.faults.first?.line == 1)
    }

    @Test func `a refusal is a problem that names its field and what changed`() {
        let refusal = CommandRefusal.conflict(expected: 3, current: 5, since: [ChangeSummary(sequence: 4, type: "notice_posted")])
        #expect(refusal.problem.since == [Problem.Change(sequence: 4, type: "notice_posted")] && refusal.problem.current == 5)
        #expect(CommandRefusal.storageFull.problem.status == 507)
        #expect(CommandRefusal.ballotTwice("d1", "r1").problem.field == "deputy")
        #expect(CommandRefusal.unknownItem("i1").problem.status == 404)
    }

    @Test(arguments: [
        CommandRefusal.noQuorum(present: 12, needed: 18), .recused("d7", "i3"), .roundIs("r1", .closed, needs: "open"),
        .totals(cast: 40, mayVote: 34),
        .number(field: "seconds", 0, 1...86_400), .text(field: "reason", .empty), .tooMany(field: "items", count: 2_001, limit: 2_000),
        .secretInterrupted("r2", voted: 20, counted: 7), .unknownRule("x", known: ["half", "most"]), .speechIs(paused: true),
    ])
    func `what a refusal names in its sentence, its values name too`(_ refusal: CommandRefusal) throws {
        let values = try #require(refusal.problem.values)
        #expect(values.isEmpty == false)
        for value in values.values {
            let text: String =
                switch value {
                case .integer(let number): String(number)
                default: value.text ?? "?"
                }
            #expect(refusal.sentence.contains(text), "\(text) in: \(refusal.sentence)")
        }
    }

    @Test func `a refusal that names nothing has no values`() { #expect(CommandRefusal.noSpeech.problem.values == nil) }
}
