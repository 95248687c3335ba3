import Commons
import Foundation
import Testing

@testable import plenary

/// What the command line reads and finds in a hall's state, from the wire's golden files.
@Suite struct CouncilTextTests {
    private static func report(_ name: String = "snapshot-full") throws -> PublicState {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let message = try Data(contentsOf: tests.appendingPathComponent("VoteBoardTests/Fixtures/wire/\(name).json"))
        return try JSONDecoder().decode(SnapshotMessage<PublicState>.self, from: message).state
    }

    private static func text() throws -> CouncilText { CouncilText(report: try report(), now: 1_795_341_700_000) }

    @Test func `a round is told with its sentence and every name`() throws {
        let text = try Self.text().round("r1")
        #expect(text.hasPrefix("r1: В цілому\n"))
        #expect(text.contains("1 for, 4 of 6 needed: not adopted\n"))
        #expect(text.contains("1 for, 1 against, 0 abstained, 2 not voting, 1 absent, 1 recused\n"))
        #expect(text.contains("held again") && text.contains("as r2") && text.contains("Збій"))
        #expect(text.contains("against") && text.contains("Депутат2"))
    }

    @Test func `a secret round names nobody`() throws {
        let text = try Self.text().round("r3")
        #expect(text.contains("1 for") && !text.contains("Депутат"))
    }

    @Test func `the sitting, the agenda, the rounds and the roster are tables`() throws {
        let text = try Self.text()
        #expect(text.sitting.hasPrefix("s1: Перше засідання\n") && text.sitting.contains("4, 3 of 5 needed: quorum"))
        #expect(text.agenda.contains("▶  1    i1  rejected  Про бюджет"))
        #expect(text.rounds.contains("2 for, 4 of 6 needed: not adopted"))
        #expect(text.roster.hasPrefix("Рада: 5 seats, 5 filled\n") && text.roster.contains("Громада"))
    }

    @Test func `people are found by id, seat and family name`() throws {
        let report = try Self.report()
        #expect(try report.deputy("d3") == "d3")
        #expect(try report.deputy("3") == "d3")
        #expect(try report.deputy("голова") == "head")
        #expect(throws: CommandFailure.self) { try report.deputy("Депутат") }
        #expect(throws: CommandFailure.self) { try report.deputy("99") }
        #expect(try report.item("2.1") == "i3")
        #expect(try report.itemOrCurrent(nil) == "i1")
    }

    @Test func `a round that is not named is the last that can be meant`() throws {
        let report = try Self.report()
        #expect(try report.round(nil, in: ["closed"]) == "r3")
        #expect(throws: CommandFailure.self) { try report.round(nil, in: ["open"]) }
        #expect(report.freshRound() == "r4")
    }

    @Test func `the sitting that is not named is the one on show`() throws {
        #expect(try Self.report().sitting(nil) == "s1")
        #expect(try Self.report().sitting("s7") == "s7")
    }
}

@Suite struct ClerkTimeTests {
    private static let kyiv = TimeZone(identifier: "Europe/Kyiv")
    /// 2026-11-22 12:00 in Kyiv.
    private static let noon: Int64 = 1_795_341_600_000

    @Test(arguments: [
        ("14:30", Int64(9_000_000)), ("2026-11-22 12:00", 0), ("22.11.2026 12:00:05", 5000), ("2026-11-22T10:00Z", 0),
        ("2026-11-22T12:00+02:00", 0), ("2026-11-23 00:00", 43_200_000),
    ])
    func `a clerk's time is on the council's clock`(_ text: String, _ after: Int64) throws {
        #expect(try ClerkTime.read(text, zone: #require(Self.kyiv), now: Self.noon) - Self.noon == after)
    }

    @Test(arguments: ["", "14", "25:00", "14:60", "2026-13-01 10:00", "2026-02-30 10:00", "soon", "1795341600000", "2026-11-22 10:00 x"])
    func `what is no time is refused`(_ text: String) throws {
        let zone = try #require(Self.kyiv)
        #expect(throws: CommandFailure.self) { try ClerkTime.read(text, zone: zone, now: Self.noon) }
    }
}

@Suite struct ProblemReportTests {
    private static func failure(_ json: String, status: Int, file: String? = nil) -> CommandFailure {
        ProblemReport.failure(HTTPReply(status: status, body: .init(string: json)), file: file)
    }

    @Test func `a file's faults are named as an editor wants them`() {
        let failure = Self.failure(
            #"{"type":"urn:plenary:bad_input","title":"bad input","status":422,"detail":"x","faults":[{"line":3,"column":2,"message":"x"},{"line":4,"column":1,"message":"y"}]}"#,
            status: 422, file: "roster.csv")
        #expect(failure.status == .faultyInput)
        #expect(failure.message == "roster.csv:3:2: x\nroster.csv:4:1: y")
    }

    @Test func `a conflict tells what happened since`() {
        let failure = Self.failure(
            #"{"type":"urn:plenary:conflict","title":"conflict","status":409,"detail":"No.","current":9,"since":[{"seq":9,"type":"round_opened"}]}"#,
            status: 409)
        #expect(failure.status == .refused && failure.message == "No.\nsince then: round_opened (9)")
        #expect(failure.problem?.contains("\"current\":9") == true)
    }

    @Test func `a full disk is worth another try`() {
        #expect(
            Self.failure(#"{"type":"urn:plenary:storage_full","title":"storage full","status":507,"detail":"Full."}"#, status: 507).status
                == .temporary)
        #expect(Self.failure("<html>", status: 404).message == "the daemon answered 404")
    }
}
