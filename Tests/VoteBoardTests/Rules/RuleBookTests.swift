import Testing
import VoteBoard

struct RuleBookTests {
    @Test(arguments: ["ua", "lt", "ge"])
    func `the shipped rules of a country can be used`(_ name: String) throws {
        let rules = try Fixtures.rules(name)
        #expect(rules.country == name.uppercased())
        #expect(rules.kinds.count == RoundKind.allCases.count)
        #expect(rules.rules.values.allSatisfy { $0.fault == nil })
    }

    @Test func `every fault is named with its line`() throws {
        let text = try Fixtures.ruleFile("ua")
            .replacing("base: seats_with_head, numerator: 2", with: "base: chairs, numerator: 2")
            .replacing("head_votes: true", with: "head_votes: perhaps")
            .replacing("rule: present, method: procedural", with: "rule: presnt, method: procedural")
        let faults = try #require(throws: RuleFileFaults.self) { try RuleBook(yaml: text) }
        #expect(faults.faults.map(\.key).sorted() == ["head_votes", "kinds.procedural.rule", "rules.two_thirds.base"])
        #expect(faults.faults.allSatisfy { $0.line > 10 })
    }

    @Test func `a misspelt key is a fault, not ignored`() throws {
        let text = try Fixtures.ruleFile("lt").replacing("head_votes: false", with: "head_votes: false\nheadvotes: true")
        let faults = try #require(throws: RuleFileFaults.self) { try RuleBook(yaml: text) }
        #expect(faults.faults.first?.key == "headvotes")
        #expect(faults.sentence.contains("is not a known key"))
    }

    @Test(arguments: ["", "- a", "a: [", "\u{0}", "country: UA"])
    func `what is no rule file is refused`(_ text: String) {
        #expect(throws: RuleFileFaults.self) { try RuleBook(yaml: text) }
    }

    @Test func `a casting vote needs a rule that can tie`() {
        let quorum = QuorumRule(base: .seats, numerator: 1, denominator: 2, strict: true)
        let rule = VoteRule(base: .seats, numerator: 1, denominator: 2, strict: true, tie: .chairCasts, quorum: quorum)
        #expect(rule.fault == .tieWithoutHalf)
    }
}
