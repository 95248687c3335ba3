import Foundation
import Testing

@testable import VoteBoard

/// A forger who has the key still cannot make a result that its ballots do not give.
struct AuditTests {
    private func log() throws -> [RecordedEvent] {
        let lines = try Fixtures.data("record/facts.jsonl").split(separator: 10)
        return try lines.map { try EventBody(bytes: Array($0)).record }
    }

    private func firstBad(_ log: [RecordedEvent]) -> Int64? {
        var state = CouncilState()
        for record in log {
            guard TallyAudit.holds(record, in: state) else { return record.sequence }
            state.apply(record)
        }
        return nil
    }

    @Test func `a true record holds`() throws { #expect(firstBad(try log()) == nil) }

    @Test func `every false result, ballot or correction is found where it stands`() throws {
        let log = try log()
        var found = 0
        for (index, record) in log.enumerated() {
            guard let forged = forge(record.event.fact) else { continue }
            var changed = log
            changed[index].event.fact = forged
            #expect(firstBad(changed) == record.sequence, "\(record.event.fact.type)")
            found += 1
        }
        #expect(found >= 6)
    }

    private func forge(_ fact: Fact) -> Fact? {
        switch fact {
        case .ballotCast(let round, _, let choice): .ballotCast(round: round, deputy: "stranger", choice: choice)
        case .roundClosed(let round, var result):
            {
                result.verdict.counts.yes += 1
                return .roundClosed(round: round, result: result)
            }()
        case .chairVoteCast(let round, let deputy, _, let result): .chairVoteCast(round: round, deputy: deputy, choice: .no, result: result)
        case .ballotCorrected(let round, let deputy, let from, let to, let reason, let cites, let result):
            .ballotCorrected(round: round, deputy: deputy, from: from, to: to, reason: reason, cites: cites + 1, result: result)
        default: nil
        }
    }
}
