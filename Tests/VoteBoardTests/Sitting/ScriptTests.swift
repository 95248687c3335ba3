import Foundation
import Testing

@testable import VoteBoard

struct ScriptTests {
    private static func demo(_ name: String) throws -> [UInt8] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return Array(try Data(contentsOf: root.appendingPathComponent("config/demo/\(name)")))
    }

    /// The demo's council after `runs` sittings.
    private func played(runs: Int) throws -> Hall {
        var hall = Hall()
        let roster = try RosterImport(Self.demo("roster.csv"), current: .empty, council: "Зразківська міська рада", seats: 34).roster
        try hall.must(.importRoster(roster))
        try hall.must(.setRules(Fixtures.rules()))
        for run in 1...runs {
            for step in try SittingScript(Self.demo("sitting.json"), run: "\(run)").steps {
                hall.now = hall.now + (step.after - 1000)
                try hall.must(step.request.command)
            }
        }
        return hall
    }

    @Test func `the demo sitting plays through, turn after turn`() throws {
        let hall = try played(runs: 2)
        #expect(hall.state.sittings.map(\.status) == [.closed, .closed])
        let sitting = try #require(hall.state.sittings.last)
        #expect(sitting.round("reg")?.result?.verdict.reason == .quorumPresent)
        #expect(sitting.round("r2")?.result?.verdict.sentence(in: .en) == "17 for, 18 of 35 needed: not adopted")
        #expect(sitting.round("r3")?.status == .annulled && sitting.round("r3")?.supersededBy == "r3x")
        #expect(sitting.round("r5")?.result?.positions == nil && sitting.round("r5")?.votedCount == 27)
        #expect(Set(sitting.rounds.map(\.plan.kind)).count == 6)
        #expect(sitting.agenda.map(\.state) == [.adopted, .rejected, .adopted, .adopted, .adopted])
    }

    @Test func `items and rounds are marked on the picture's clock`() throws {
        let hall = try played(runs: 1)
        let marks = SittingMark.marks(of: "demo-1", in: hall.log)
        #expect(marks.filter { $0.kind == .item }.map(\.id) == ["i1", "i2", "i3", "i4", "i5"])
        #expect(marks.filter { $0.kind == .round }.count == 10)
        #expect(marks.allSatisfy { mark in mark.until.map { $0 > mark.from } ?? false })
        #expect(marks.first { $0.id == "i2" }?.title.hasPrefix("2. Про передачу") == true)
    }

    @Test func `marks that are kept as it happens are those of the record, and the old ones go`() throws {
        let hall = try played(runs: 2)
        var state = CouncilState()
        var recent = RecentMarks(nil, [])
        for record in hall.log {
            state.apply(record)
            recent.take([record], state)
        }
        let all = ["demo-1", "demo-2"].flatMap { SittingMark.marks(of: $0, in: hall.log) }
        let last = try #require(hall.log.last?.at)
        #expect(recent.marks(now: last) == all)
        let firstEnd = try #require(all.first?.until)
        #expect(recent.marks(now: firstEnd + RecentMarks.age) == all.filter { $0.until != firstEnd })
        let begun = hall.log.prefix { $0.event.sitting != "demo-2" }.count + 60
        let half = hall.log.prefix(begun)
        let resumed = RecentMarks("demo-2", half.filter { $0.event.sitting == "demo-2" })
        #expect(resumed.marks(now: last) == SittingMark.marks(of: "demo-2", in: half))
    }

    @Test func `a demo that runs for weeks keeps a bounded number of sittings in memory`() throws {
        var state = CouncilState()
        func add(_ fact: Fact, to sitting: SittingID? = nil) {
            state.apply(RecordedEvent(sequence: state.sequence + 1, at: Fixtures.noon, event: Event(fact, in: sitting)))
        }
        let turns = CouncilState.archiveLimit + 50
        for turn in 1...turns {
            let id = try #require(SittingID("demo-\(turn)"))
            add(.sittingScheduled(plan: SittingPlan(id: id, title: "Turn")))
            add(.sittingOpened, to: id)
            add(.sittingClosed, to: id)
        }
        #expect(state.sittings.count == CouncilState.archiveLimit + 1)
        #expect(state.sittings.last?.id.text == "demo-\(turns)" && state.sitting("demo-1") == nil)
    }

    @Test(arguments: [
        "{}", "{\"steps\":[{}]}", "{\"steps\":[{\"after\":-1,\"command\":{\"command\":\"open_sitting\"}}]}",
        "{\"steps\":[{\"ballots\":{\"round\":\"r\",\"over\":1,\"yes\":[\"d5..d1\"]}}]}", "{\"steps\":[{\"command\":{\"command\":\"x\"}}]}",
    ])
    func `what is no script is refused`(_ text: String) {
        #expect(throws: ImportFaults.self) { try SittingScript(Array(text.utf8), run: "1") }
    }
}
