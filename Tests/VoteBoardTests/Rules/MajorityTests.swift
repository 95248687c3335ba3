import Foundation
import Testing
import VoteBoard

struct MajorityFile: Decodable {
    struct Case: Decodable, CustomTestStringConvertible {
        struct Rule: Decodable {
            var base: VoteRule.Base
            var numerator: Int
            var denominator: Int
            var strict: Bool
            var tie: VoteRule.Tie
        }
        struct Ballots: Decodable {
            var yes: Int
            var no: Int
            var abstain: Int
            var not_voting: Int
            var recused: Int?
            var chair: Choice?
        }
        struct Expectation: Decodable {
            var base: Int
            var threshold: Int
            var quorumThreshold: Int
            var quorumMet: Bool
            var adopted: Bool
        }
        var name: String
        var rule: Rule
        var quorum: QuorumRule
        var roster: Composition
        var ballots: Ballots
        var expect: Expectation
        var testDescription: String { name }
    }
    var cases: [Case]

    static let all: [Case] = {
        do {
            return try JSONDecoder().decode(MajorityFile.self, from: Fixtures.data("majority.json")).cases
        } catch {
            Issue.record(error)
            return []
        }
    }()
}

struct MajorityTests {
    @Test func `the file has its cases`() { #expect(MajorityFile.all.count == 23) }

    @Test(arguments: MajorityFile.all)
    func `a rule counts as the council's law says`(_ entry: MajorityFile.Case) {
        let rule = VoteRule(
            base: entry.rule.base, numerator: entry.rule.numerator, denominator: entry.rule.denominator, strict: entry.rule.strict,
            tie: entry.rule.tie, quorum: entry.quorum)
        let counts = BallotCounts(
            yes: entry.ballots.yes, no: entry.ballots.no, abstain: entry.ballots.abstain, notVoting: entry.ballots.not_voting,
            recused: entry.ballots.recused ?? 0)
        let verdict = rule.verdict(counts, in: entry.roster, chair: entry.ballots.chair)
        #expect(rule.fault == nil)
        #expect(verdict.base == entry.expect.base)
        #expect(verdict.needed == entry.expect.threshold)
        #expect(verdict.quorumNeeded == entry.expect.quorumThreshold)
        #expect(verdict.quorumMet == entry.expect.quorumMet)
        #expect((verdict.outcome == .adopted) == entry.expect.adopted)
    }

    @Test func `one more yes never turns adopted into rejected`() {
        var random = SeededGenerator(3)
        for _ in 0..<20_000 {
            let (rule, counts, composition) = Self.anything(&random)
            for chair in [nil, Choice.yes, .no] {
                let before = rule.verdict(counts, in: composition, chair: chair)
                guard before.outcome == .adopted else { continue }
                // Somebody silent, against or abstaining says yes instead.
                let from = [\BallotCounts.notVoting, \.no, \.abstain].filter { counts[keyPath: $0] > 0 }
                for path in from {
                    var more = counts
                    more[keyPath: path] -= 1
                    more.yes += 1
                    let after = rule.verdict(more, in: composition, chair: chair)
                    #expect(after.outcome == .adopted, "\(rule) \(counts) \(composition)")
                }
            }
        }
    }

    @Test func `thresholds agree with the fractions they mean`() {
        for whole in 0...60 {
            for denominator in 1...9 {
                for numerator in 1...denominator {
                    let atLeast = Share(numerator: numerator, denominator: denominator, strict: false).threshold(of: whole)
                    let moreThan = Share(numerator: numerator, denominator: denominator, strict: true).threshold(of: whole)
                    #expect(atLeast == max(1, (0...61).first { $0 * denominator >= whole * numerator } ?? -1))
                    #expect(moreThan == (0...61).first { $0 * denominator > whole * numerator })
                }
            }
        }
    }

    private static func anything(_ random: inout SeededGenerator) -> (VoteRule, BallotCounts, Composition) {
        let seats = Int.random(in: 1...120, using: &random)
        let filled = Int.random(in: 0...seats, using: &random)
        let registered = Int.random(in: 0...filled, using: &random)
        let denominator = Int.random(in: 1...6, using: &random)
        let numerator = Int.random(in: 1...denominator, using: &random)
        let rule = VoteRule(
            base: VoteRule.Base.allCases.randomElement(using: &random) ?? .seats, numerator: numerator, denominator: denominator,
            strict: numerator < denominator && Bool.random(using: &random), tie: Bool.random(using: &random) ? .fails : .chairCasts,
            quorum: QuorumRule(base: .seats, numerator: 1, denominator: Int.random(in: 2...5, using: &random), strict: true))
        var counts = BallotCounts()
        for _ in 0..<registered { counts.add([.yes, .no, .abstain, .notVoting, .recused].randomElement(using: &random) ?? .yes) }
        counts.absent = filled - registered
        return (rule, counts, Composition(seats: seats, filled: filled, registered: registered, headTakesPart: Bool.random(using: &random)))
    }
}
