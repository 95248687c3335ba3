import Foundation
import Testing

@testable import VoteBoard

/// The record is read back for decades: how a fact is written must never change by accident.
struct RecordGoldenTests {
    private func everyFact() throws -> [RecordedEvent] {
        var rules = try Fixtures.rules("lt")
        rules.rules["votes_cast"]?.tie = .chairCasts
        var hall = try Hall.open(deputies: 5, present: 4, rules: rules)
        try hall.must(.postNotice(Notice(text: "Увага", until: Fixtures.noon)))
        try hall.must(.clearNotice)
        try hall.must(.suspend(until: Fixtures.noon, notice: "Перерва"))
        try hall.must(.resume)
        try hall.must(
            .addItem(
                AgendaItem(
                    id: "i3", number: "3", title: "Нове", rapporteur: "Доповідач", draft: "П-1",
                    links: [DocumentLink(title: "т", url: "https://rada.example")], parent: "i1"), index: 1))
        try hall.must(.editItem(AgendaItem(id: "i3", number: "3", title: "Нове, змінене", parent: "i1")))
        try hall.must(.moveItem("i3", index: 0))
        try hall.must(.takeUpItem("i1"))
        try hall.must(.queueSpeaker(SpeakerEntry(id: "t1", deputy: "d1", kind: .debate, seconds: 60), index: nil))
        try hall.must(.queueSpeaker(SpeakerEntry(id: "t2", guest: "Гість", kind: .question), index: nil))
        try hall.must(.removeSpeaker("t2"))
        try hall.must(.startSpeech("t1"))
        for command in [SittingCommand.pauseSpeech, .resumeSpeech, .extendSpeech(seconds: 30), .endSpeech] { try hall.must(command) }
        try hall.must(.depart(["d4"]))
        try hall.must(.declareRecusal(item: "i1", deputy: "d4", reason: "Родич"))
        try hall.must(.withdrawRecusal(item: "i1", deputy: "d4"))
        try hall.must(.clockStepped(milliseconds: -3_600_000))
        try hall.openRound(RoundPlan(id: "r1", item: "i1", kind: .whole, question: "?", rule: "votes_cast", seconds: 20))
        try hall.must(.castBallot(round: "r1", deputy: "d1", choice: .yes))
        try hall.must(.castBallot(round: "r1", deputy: "d2", choice: .yes))
        try hall.must(.correctBallot(round: "r1", deputy: "d2", choice: .no, reason: "Кнопка"))
        try hall.must(.closeRound("r1"))
        _ = hall.refusal(.castBallot(round: "r1", deputy: "d3", choice: .yes))
        try hall.must(.castChairVote(round: "r1", deputy: "d1", choice: .yes))
        try hall.must(.announceRound("r1"))
        try hall.must(.annulRound("r1", reason: "Збій"))
        try hall.openRound(RoundPlan(id: "r2", item: "i1", kind: .confidence, question: "?", supersedes: "r1"))
        try hall.must(.recordSecretTotals(round: "r2", SecretTally(yes: 2, no: 1)))
        try hall.must(.closeRound("r2"))
        try hall.must(.close)
        return hall.log
    }

    @Test func `the record keeps every kind of fact`() throws {
        #expect(Set(try everyFact().map(\.event.fact.type)) == Set(Fact.CodingKeys.allCases.map(\.rawValue)))
    }

    @Test func `every fact is written as it always was, and read back the same`() throws {
        let log = try everyFact()
        let bodies = log.map {
            EventBody(
                sequence: $0.sequence, at: $0.at, sitting: $0.event.sitting, fact: $0.event.fact, command: "c", digest: "d", by: "test",
                previous: "")
        }
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/record/facts.jsonl")
        if ProcessInfo.processInfo.environment["PLENARY_WRITE_GOLDEN"] == "1" {
            try Data(bodies.flatMap { try $0.bytes() + [10] }).write(to: file)
        }
        let lines = try Data(contentsOf: file).split(separator: 10).map { Array($0) }
        #expect(lines.count == bodies.count)
        var state = CouncilState()
        var original = CouncilState()
        for (line, (body, record)) in zip(lines, zip(bodies, log)) {
            #expect(try String(decoding: line, as: UTF8.self) == String(decoding: body.bytes(), as: UTF8.self))
            let read = try EventBody(bytes: line)
            #expect(read == body)
            state.apply(read.record)
            original.apply(record)
        }
        #expect(state == original)
    }
}
