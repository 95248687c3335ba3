import Foundation
import Testing

@testable import VoteBoard

/// What comes from outside may be anything; it is refused, and nothing traps.
struct FuzzTests {
    @Test func `a forged record with absurd numbers is refused or folded, never fatal`() throws {
        let lines = try Fixtures.data("record/facts.jsonl").split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        let absurd = ["9223372036854775807", "-9223372036854775808", "0", "-1", "1000000"]
        var state = CouncilState()
        for line in lines {
            for number in absurd {
                for match in line.matches(of: #/[:\[,](-?\d+)/#) {
                    let forged = line.replacingCharacters(in: match.1.startIndex..<match.1.endIndex, with: number)
                    guard let body = try? EventBody(bytes: Array(forged.utf8)) else { continue }
                    guard TallyAudit.holds(body.record, in: state) else { continue }
                    var next = state
                    next.apply(body.record)
                    if let sitting = next.sittings.last, let round = sitting.rounds.last { _ = sitting.result(of: round) }
                    _ = next.sittings.last?.speech?.remaining(at: Fixtures.noon)
                }
            }
            state.apply(try EventBody(bytes: Array(line.utf8)).record)
        }
        #expect(state.sittings.last?.status == .closed)
    }

    @Test func `files with broken bytes are read or refused, never fatal`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let roster = Array(try Data(contentsOf: root.appendingPathComponent("config/demo/roster.csv")))
        let script = Array(try Data(contentsOf: root.appendingPathComponent("config/demo/sitting.json")).prefix(6000))
        let rules = try Fixtures.ruleFile("ua")
        var random = SeededGenerator(99)
        for _ in 0..<150 {
            let broken = mutate(roster, &random)
            _ = try? RosterImport(broken, current: .empty, council: "Р", seats: 34)
            _ = try? AgendaImport(broken)
            let json = mutate(script, &random)
            _ = try? SittingScript(json, run: "1")
            _ = try? RosterImport(json, current: .empty, council: "Р", seats: 34)
            _ = try? AgendaImport(json)
            _ = try? CommandRequest(json)
            _ = try? ImportedVote.hallSystem(json, roster: .empty, zone: .gmt)
            _ = try? LogExport.verify(json)
            _ = try? RuleBook(yaml: String(decoding: mutate(Array(rules.utf8), &random), as: UTF8.self))
        }
    }

    private func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let index = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0...4, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert([34, 59, 44, 123, 91, 92, 10, 13, 0, 255].randomElement(using: &random) ?? 0, at: index)
            case 3: bytes.removeSubrange(index..<min(bytes.count, index + 200))
            default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 50)], at: 0)
            }
            if bytes.isEmpty { return [0] }
        }
        return bytes
    }

    @Test func `a time beyond the calendar is refused`() throws {
        var hall = try Hall.open()
        #expect(hall.refusal(.postNotice(Notice(text: "?", until: UTCMilliseconds(1 << 52)))) == "bad_number")
        #expect(hall.refusal(.suspend(until: UTCMilliseconds(-5), notice: nil)) == "bad_number")
    }
}
