import Foundation
import Testing
import VoteBoard

struct SecretRoundTests {
    private let plan = RoundPlan(id: "r1", kind: .confidence, question: "Довіра голові")

    @Test func `a secret round's events never hold a name next to a choice`() throws {
        var hall = try Hall.open()
        try hall.openRound(plan)
        try hall.vote("r1", yes: 18, no: 5, abstain: 2)
        let encoder = JSONEncoder()
        for record in hall.log {
            guard case .ballotCast = record.event.fact else { continue }
            let text = String(decoding: try encoder.encode(record.event.fact), as: UTF8.self)
            #expect(!text.contains("yes") && !text.contains("\"no\"") && !text.contains("abstain"))
        }
        try hall.must(.closeRound("r1"))
        let result = try #require(hall.round("r1").result)
        #expect(result.positions == nil)
        #expect(result.verdict.counts == BallotCounts(yes: 18, no: 5, abstain: 2, notVoting: 6, absent: 4))
        #expect(hall.round("r1").ballots.isEmpty)
    }

    @Test func `a secret round cannot be corrected, and nobody votes twice in it`() throws {
        var hall = try Hall.open()
        try hall.openRound(plan)
        try hall.must(.castBallot(round: "r1", deputy: "d1", choice: .yes))
        #expect(hall.refusal(.castBallot(round: "r1", deputy: "d1", choice: .yes)) == "ballot_twice")
        #expect(hall.refusal(.correctBallot(round: "r1", deputy: "d1", choice: .no, reason: "?")) == "secret_round")
    }

    @Test func `a secret round that lost its urn can only be annulled`() throws {
        var hall = try Hall.open()
        try hall.openRound(plan)
        try hall.vote("r1", yes: 3)
        hall.secret = [:]
        #expect(hall.refusal(.closeRound("r1")) == "secret_interrupted")
        try hall.must(.annulRound("r1", reason: "Збій живлення"))
    }

    @Test func `a commission's totals close a secret round on paper`() throws {
        var hall = try Hall.open()
        try hall.openRound(plan)
        #expect(hall.refusal(.recordSecretTotals(round: "r1", SecretTally(yes: 30, no: 2))) == "totals")
        #expect(hall.refusal(.recordSecretTotals(round: "r1", SecretTally(yes: -1))) == "bad_number")
        try hall.must(.recordSecretTotals(round: "r1", SecretTally(yes: 20, no: 5, abstain: 1)))
        try hall.must(.closeRound("r1"))
        #expect(hall.round("r1").result?.verdict.counts == BallotCounts(yes: 20, no: 5, abstain: 1, notVoting: 5, absent: 4))
    }

    @Test func `secrecy is whole or not at all`() throws {
        var hall = try Hall.open()
        #expect(
            hall.refusal(.planRound(RoundPlan(id: "x", item: "i1", kind: .whole, question: "?", method: .secret, reveal: .live)))
                == "secrecy")
        #expect(hall.refusal(.planRound(RoundPlan(id: "x", kind: .registration, question: "?", method: .secret))) == "secrecy")
    }
}
