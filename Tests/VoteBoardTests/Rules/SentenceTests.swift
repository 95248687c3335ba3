import Testing
import VoteBoard

struct SentenceTests {
    private func verdict(yes: Int, registered: Int = 30, tie: VoteRule.Tie = .fails, base: VoteRule.Base = .seats, no: Int = 3) -> Verdict {
        let quorum = QuorumRule(base: .seats, numerator: 1, denominator: 2, strict: true)
        return VoteRule(base: base, numerator: 1, denominator: 2, strict: true, tie: tie, quorum: quorum)
            .verdict(BallotCounts(yes: yes, no: no), in: Composition(seats: 34, filled: 34, registered: registered, headTakesPart: false))
    }

    @Test func `the screen says why`() {
        #expect(verdict(yes: 17).sentence(in: .en) == "17 for, 18 of 34 needed: not adopted")
        #expect(verdict(yes: 18).sentence(in: .en) == "18 for, 18 of 34 needed: adopted")
        #expect(verdict(yes: 17).sentence(in: .uk) == "17 за, потрібно 18 з 34: рішення не прийнято")
        #expect(verdict(yes: 17).sentence(in: .lt) == "17 už, reikia 18 iš 34: nepriimta")
        #expect(verdict(yes: 17).sentence(in: .ka) == "17 მომხრე, საჭიროა 18 34-დან: არ არის მიღებული")
    }

    @Test func `no quorum and ties are said as such`() {
        #expect(verdict(yes: 17, registered: 17).sentence(in: .en) == "17 present, 18 of 34 needed for a quorum: not adopted")
        #expect(verdict(yes: 12, tie: .fails, base: .yesNo, no: 12).sentence(in: .en) == "a tie, 12–12: not adopted")
        let waits = verdict(yes: 12, tie: .chairCasts, base: .yesNo, no: 12)
        #expect(waits.outcome == .undecided)
        #expect(waits.sentence(in: .en) == "a tie, 12–12, the chair has the casting vote: not decided yet")
    }

    @Test func `every reason has a sentence in every language`() {
        for reason in Verdict.Reason.allCases {
            var entry = verdict(yes: 1)
            entry.reason = reason
            entry.outcome = reason.outcome
            #expect(Set(Language.allCases.map { entry.sentence(in: $0) }).count == Language.allCases.count)
        }
    }
}
