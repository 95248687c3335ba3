import Foundation
import Testing

@testable import VoteBoard

struct ResumeTests {
    /// Two sittings closed, a third in session, a fourth ahead.
    private func years() async throws -> LiveBoard {
        let live = try LiveBoard()
        try await live.openSitting(deputies: 9)
        try await live.holdRound("r1")
        try await live.must(.close)
        for id: SittingID in ["s2", "s3"] {
            try await live.must(.scheduleSitting(SittingPlan(id: id, title: "Засідання")))
            try await live.must(.inSitting(id, .replaceAgenda([AgendaItem(id: "i1", number: "1", title: "Про бюджет")])))
            try await live.must(.inSitting(id, .open))
            try await live.must(.register(live.board.state.roster.deputies.map(\.id)))
            try await live.holdRound("r1")
            if id == "s2" { try await live.must(.close) }
        }
        try await live.must(.scheduleSitting(SittingPlan(id: "s4", title: "Наступне")))
        return live
    }

    @Test func `a quick start gives the state that a whole reading gives`() async throws {
        let live = try await years()
        let resumed = try live.board.log.resume()
        let replayed = try live.board.log.replay()
        #expect(resumed.state == replayed.state)
        #expect(resumed.state == live.board.state)
        #expect(resumed.tip == replayed.tip)
        #expect(resumed.state.sittings.map(\.isArchived) == [true, true, false, false])
    }

    @Test func `an archived sitting is read from the log, and changed no more`() async throws {
        let live = try await years()
        let first = try #require(try live.board.log.sitting("s1").sitting("s1"))
        #expect(first.round("r1")?.result?.verdict.outcome == .adopted)
        #expect(
            await live.send(.inSitting("s1", .annulRound("r1", reason: "пізно")))
                == .refused(.sittingIs(.closed, needs: "scheduled, open or suspended")))
        #expect(await live.send(.scheduleSitting(SittingPlan(id: "s1", title: "?"))) == .refused(.taken(field: "sitting", id: "s1")))
    }

    @Test func `a quick start notices a gap, a changed leaf and a cut end`() async throws {
        for sql in [
            "DELETE FROM event WHERE seq = 5", "UPDATE event SET hash = randomblob(32) WHERE seq = 5",
            "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)", "DELETE FROM head",
            "UPDATE event SET body = cast(replace(body, '\"no\"', '\"yes\"') AS BLOB) WHERE seq = (SELECT max(seq) FROM event WHERE type = 'ballot_cast')",
        ] {
            let live = try await years()
            try live.board.log.tamper(sql)
            #expect(throws: LogError.self, "\(sql)") { try live.board.log.resume() }
        }
    }
}
