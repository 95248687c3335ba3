import Commons
import Foundation
import Testing

@testable import VoteBoard

/// What commands and files are answered, pinned byte for byte.
struct AnswerTests {
    private static let events = CommandAnswer.Events(epoch: "e1", first: 7, last: 8, repeated: false)

    private static let pinned: [(name: String, json: JSONValue)] = [
        ("done", JSONValue(encoding: CommandAnswer(events: events))),
        (
            "done-file",
            JSONValue(
                encoding: CommandAnswer(
                    events: events,
                    file: CommandAnswer.FileReport(
                        dryRun: false, changes: [CommandAnswer.Change(kind: "item", text: "1. Про бюджет")],
                        warnings: ["2 of 34 seats are vacant today"])))
        ),
        (
            "done-hall-system",
            JSONValue(
                encoding: CommandAnswer(
                    events: CommandAnswer.Events(epoch: "e1", first: 9, last: 44, repeated: true),
                    file: CommandAnswer.FileReport(dryRun: false, changes: [], round: "hs-1", ballots: 34)))
        ),
        ("dry-run", JSONValue(encoding: CommandAnswer(events: nil, file: CommandAnswer.FileReport(dryRun: true, changes: [])))),
        ("refused-ballot-twice", JSONValue(encoding: CommandRefusal.ballotTwice("d1", "r1").problem)),
        (
            "refused-conflict",
            JSONValue(
                encoding: CommandRefusal.conflict(expected: 3, current: 5, since: [ChangeSummary(sequence: 4, type: "notice_posted")])
                    .problem)
        ),
        ("refused-storage-full", JSONValue(encoding: CommandRefusal.storageFull.problem)),
        (
            "refused-bad-input",
            JSONValue(encoding: ImportFaults([ImportFault(line: 3, column: 2, problem: "“x” is no seat; write a number")]).problem)
        ),
    ]

    @Test func `every answer is byte for byte the golden one`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/answers")
        for (name, json) in Self.pinned {
            let file = folder.appendingPathComponent("\(name).json")
            if ProcessInfo.processInfo.environment["PLENARY_WRITE_GOLDEN"] == "1" { try Data(json.bytes + [10]).write(to: file) }
            #expect(
                String(decoding: json.bytes + [10], as: UTF8.self) == String(decoding: try Data(contentsOf: file), as: UTF8.self), "\(name)"
            )
        }
    }
}
