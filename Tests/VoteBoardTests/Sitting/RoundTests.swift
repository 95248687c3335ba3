import Testing
import VoteBoard

struct RoundTests {
    private let whole = RoundPlan(id: "r1", item: "i1", kind: .whole, question: "В цілому")

    @Test func `a whole that is adopted adopts its item`() throws {
        var hall = try Hall.open()
        try hall.openRound(whole)
        #expect(hall.sitting.item("i1")?.state == .voting)
        try hall.vote("r1", yes: 18, no: 2, abstain: 1)
        try hall.must(.closeRound("r1"))
        try hall.must(.announceRound("r1"))
        let verdict = try #require(hall.round("r1").result?.verdict)
        #expect(verdict.sentence(in: .en) == "18 for, 18 of 35 needed: adopted")
        #expect(verdict.counts == BallotCounts(yes: 18, no: 2, abstain: 1, notVoting: 10, absent: 4))
        #expect(hall.sitting.item("i1")?.state == .adopted)
    }

    @Test func `the head counts in the base only when here and not recused`() throws {
        var hall = try Hall.open(head: true)
        try hall.must(.depart(["head"]))
        try hall.openRound(whole)
        try hall.vote("r1", yes: 18)
        try hall.must(.closeRound("r1"))
        #expect(hall.round("r1").result?.verdict.base == 34)
    }

    @Test func `a ballot twice, late, unknown, recused or unregistered is refused`() throws {
        var hall = try Hall.open()
        try hall.must(.declareRecusal(item: "i1", deputy: "d3", reason: "Родич"))
        try hall.openRound(whole)
        try hall.must(.castBallot(round: "r1", deputy: "d1", choice: .yes))
        #expect(hall.refusal(.castBallot(round: "r1", deputy: "d1", choice: .no)) == "ballot_twice")
        #expect(hall.refusal(.castBallot(round: "r1", deputy: "nobody", choice: .no)) == "unknown_deputy")
        #expect(hall.refusal(.castBallot(round: "r1", deputy: "d3", choice: .no)) == "recused")
        #expect(hall.refusal(.castBallot(round: "r1", deputy: "d34", choice: .no)) == "not_registered")
        #expect(hall.refusal(.castBallot(round: "r9", deputy: "d1", choice: .no)) == "unknown_round")
        try hall.must(.closeRound("r1"))
        #expect(hall.refusal(.closeRound("r1")) == "round_state")
        #expect(hall.refusal(.castBallot(round: "r1", deputy: "d2", choice: .yes)) == "ballot_after_close")
        #expect(hall.log.last?.event.fact == .ballotRefused(round: "r1", deputy: "d2", code: "ballot_after_close"))
        #expect(hall.round("r1").result?.verdict.counts.yes == 1)
    }

    @Test func `two rounds are never open at once`() throws {
        var hall = try Hall.open()
        try hall.openRound(whole)
        try hall.must(.planRound(RoundPlan(id: "r2", kind: .procedural, question: "Перерва")))
        #expect(hall.refusal(.openRound("r2")) == "round_open")
        #expect(hall.refusal(.close) == "round_open")
        #expect(hall.refusal(.suspend(until: nil, notice: nil)) == "round_open")
    }

    @Test func `no round opens without a quorum, but a registration does`() throws {
        var hall = try Hall.open(present: 17)
        try hall.must(.planRound(whole))
        #expect(hall.refusal(.openRound("r1")) == "no_quorum")
        try hall.openRound(RoundPlan(id: "reg", kind: .registration, question: "Реєстрація"))
        #expect(hall.refusal(.castBallot(round: "reg", deputy: "d18", choice: .no)) == "only_yes_registers")
        try hall.must(.castBallot(round: "reg", deputy: "d18", choice: .yes))
        try hall.must(.closeRound("reg"))
        #expect(hall.round("reg").result?.verdict.reason == .quorumPresent)
        try hall.must(.openRound("r1"))
    }

    @Test func `the quorum is checked again at the close`() throws {
        var hall = try Hall.open(present: 18)
        try hall.openRound(whole)
        try hall.vote("r1", yes: 17)
        try hall.must(.depart(["d18"]))
        try hall.must(.closeRound("r1"))
        #expect(hall.round("r1").result?.verdict.reason == .noQuorum)
        #expect(hall.round("r1").result?.positions?["d18"] == .absent)
    }

    @Test func `a late arrival votes when registered before the close, somebody elected later does not`() throws {
        var hall = try Hall.open()
        try hall.openRound(whole)
        try hall.must(.register(["d33"]))
        try hall.must(.castBallot(round: "r1", deputy: "d33", choice: .yes))
        #expect(hall.round("r1").terms?.entitled.count == 35)
        #expect(hall.refusal(.castBallot(round: "r1", deputy: "d34", choice: .yes)) == "not_registered")
    }

    @Test func `an annulled round stays visible and its re-vote supersedes it`() throws {
        var hall = try Hall.open()
        try hall.openRound(whole)
        try hall.vote("r1", yes: 18)
        try hall.must(.closeRound("r1"))
        try hall.must(.announceRound("r1"))
        try hall.must(.annulRound("r1", reason: "Збій системи"))
        #expect(hall.sitting.item("i1")?.state == .underDiscussion)
        var again = whole
        again.id = "r2"
        again.supersedes = "r1"
        try hall.openRound(again)
        #expect(hall.round("r1").supersededBy == "r2")
        #expect(hall.round("r1").ballots.count == 18)
        #expect(hall.refusal(.annulRound("r1", reason: "ще раз")) == "round_state")
        try hall.must(.annulRound("r2", reason: "Помилка"))
        #expect(hall.round("r1").supersededBy == nil)
        #expect(hall.refusal(.annulRound("r2", reason: " ")) == "round_state")
    }

    @Test func `a correction cites the ballot it corrects and counts again`() throws {
        var hall = try Hall.open(head: false)
        try hall.openRound(whole)
        try hall.vote("r1", yes: 17, no: 1)
        try hall.must(.closeRound("r1"))
        #expect(hall.round("r1").result?.verdict.outcome == .rejected)
        let cited = try #require(hall.round("r1").ballots["d18"]?.sequence)
        try hall.must(.correctBallot(round: "r1", deputy: "d18", choice: .yes, reason: "Помилкова кнопка"))
        guard case .ballotCorrected(_, _, .no, .yes, _, cited, _) = hall.log.last?.event.fact else {
            Issue.record("not a correction of \(cited)")
            return
        }
        #expect(hall.round("r1").result?.verdict.outcome == .adopted)
        try hall.must(.announceRound("r1"))
        #expect(hall.refusal(.correctBallot(round: "r1", deputy: "d18", choice: .no, reason: "знову")) == "round_state")
    }

    @Test func `a tie waits for the chair where the rule says so`() throws {
        var rules = try Fixtures.rules("lt")
        rules.rules["votes_cast"]?.tie = .chairCasts
        var hall = try Hall.open(deputies: 25, present: 24, head: false, rules: rules)
        try hall.openRound(RoundPlan(id: "r1", item: "i1", kind: .whole, question: "Klausimas", rule: "votes_cast"))
        try hall.vote("r1", yes: 12, no: 10, abstain: 2)
        try hall.must(.closeRound("r1"))
        #expect(hall.refusal(.announceRound("r1")) == "chair_missing")
        #expect(hall.refusal(.castChairVote(round: "r1", deputy: "d1", choice: .abstain)) == "chair_choice")
        try hall.must(.castChairVote(round: "r1", deputy: "d1", choice: .yes))
        #expect(hall.refusal(.castChairVote(round: "r1", deputy: "d1", choice: .no)) == "no_tie")
        try hall.must(.announceRound("r1"))
        #expect(hall.sitting.item("i1")?.state == .adopted)
    }

    @Test func `counts always add up to the entitled list`() throws {
        var random = SeededGenerator(7)
        for _ in 0..<60 {
            let here = Int.random(in: 18...34, using: &random)
            var hall = try Hall.open(present: here, head: Bool.random(using: &random))
            let secret = Bool.random(using: &random)
            try hall.openRound(
                RoundPlan(id: "r1", item: "i1", kind: .whole, question: "?", method: secret ? .secret : .rollCall))
            for _ in 0..<60 {
                let deputy = DeputyID("d\(Int.random(in: 1...34, using: &random))") ?? "d"
                switch Int.random(in: 0...9, using: &random) {
                case 0: hall.send(.inSitting(nil, .register([deputy])))
                case 1: hall.send(.inSitting(nil, .depart([deputy])))
                case 2: hall.send(.inSitting(nil, .declareRecusal(item: "i1", deputy: deputy, reason: "конфлікт")))
                default:
                    let choice = Choice.allCases.randomElement(using: &random) ?? .yes
                    hall.send(.inSitting(nil, .castBallot(round: "r1", deputy: deputy, choice: choice)))
                }
            }
            try hall.must(.closeRound("r1"))
            let round = hall.round("r1")
            #expect(round.result?.verdict.counts.total == round.terms?.entitled.count)
            #expect(round.result?.verdict.counts.cast == round.votedCount)
            // Replaying the record gives the same state.
            var replayed = CouncilState()
            for record in hall.log { replayed.apply(record) }
            #expect(replayed == hall.state)
        }
    }
}
