import Foundation
import Testing

@testable import VoteBoard

struct BoardTests {
    @Test func `what was answered is there after a restart`() async throws {
        var live = try LiveBoard()
        try await live.openSitting()
        try await live.holdRound()
        let before = live.board.state
        try live.reopen()
        #expect(live.board.state == before)
        #expect(live.board.state.sitting("s1")?.round("r1")?.result?.verdict.outcome == .adopted)
        try await live.holdRound("r2")
    }

    @Test func `the same command twice gives the first answer again, also after a restart`() async throws {
        var live = try LiveBoard()
        try await live.openSitting()
        let id = UUID()
        let command = SittingCommand.planRound(RoundPlan(id: "r1", item: "i1", kind: .whole, question: "?"))
        let first = await live.send(command, id: id)
        guard case .done(let start, let end, repeated: false) = first else {
            Issue.record("\(first)")
            return
        }
        #expect(await live.send(command, id: id) == .done(first: start, last: end, repeated: true))
        try live.reopen()
        #expect(await live.send(command, id: id) == .done(first: start, last: end, repeated: true))
        #expect(await live.send(.clearNotice, id: id) == .refused(.commandReused))
        #expect(live.board.state.sitting("s1")?.rounds.count == 1)
    }

    @Test func `a late ballot's refusal is recorded and repeated`() async throws {
        let live = try LiveBoard()
        try await live.openSitting()
        try await live.holdRound()
        let id = UUID()
        let late = SittingCommand.castBallot(round: "r1", deputy: "d9", choice: .yes)
        #expect(await live.send(late, id: id) == .refused(.ballotAfterClose("d9", "r1")))
        let sequence = live.board.state.sequence
        #expect(await live.send(late, id: id) == .refused(.ballotAfterClose("d9", "r1")))
        #expect(live.board.state.sequence == sequence)
        #expect(try live.board.log.rows(from: sequence, limit: 1).first?.type == "ballot_refused")
    }

    @Test func `an expected sequence that has passed is answered with what changed`() async throws {
        let live = try LiveBoard()
        try await live.openSitting()
        let seen = live.board.state.sequence
        try await live.must(.postNotice(Notice(text: "Перерва")))
        let answer = await live.send(.clearNotice, expected: seen)
        #expect(
            answer
                == .refused(
                    .conflict(expected: seen, current: seen + 1, since: [ChangeSummary(sequence: seen + 1, type: "notice_posted")])))
        #expect(await live.send(.clearNotice, expected: seen + 1) == .done(first: seen + 2, last: seen + 2, repeated: false))
    }

    @Test func `a full disk refuses, reading goes on, and it works again when there is space`() async throws {
        let live = try LiveBoard()
        try await live.openSitting()
        try live.board.log.limitPages(to: 1)
        let before = live.board.state
        let long = Notice(text: String(repeating: "а", count: 400))
        var refused = 0
        for _ in 0..<40 where await live.send(.postNotice(long)) == .refused(.storageFull) { refused += 1 }
        #expect(refused > 0)
        #expect(live.board.state.roster == before.roster)
        let kept = live.board.state.sequence
        try live.board.log.limitPages(to: 0)
        try await live.must(.postNotice(long))
        #expect(live.board.state.sequence == kept + 1)
        _ = try live.board.log.replay()
    }

    @Test func `a clock set back an hour is recorded, and order is by sequence`() async throws {
        var live = try LiveBoard()
        try await live.openSitting()
        try await live.must(.queueSpeaker(SpeakerEntry(id: "t", deputy: "d1", kind: .debate), index: nil))
        try await live.must(.startSpeech("t"))
        let left = live.board.state.sitting("s1")?.speech?.remaining(at: live.clock.now().wall)
        live.clock.set(back: 3_600_000)
        try await live.must(.postNotice(Notice(text: "Увага")))
        #expect(try live.board.log.rows(from: live.board.state.sequence - 1, limit: 1).first?.type == "clock_stepped")
        #expect(live.board.state.sitting("s1")?.speech?.remaining(at: live.clock.now().wall) == left.map { $0 - 100 })
        let state = live.board.state
        try live.reopen()
        #expect(live.board.state == state)
    }

    @Test func `a change after a quiet moment is shown before it is answered`() async throws {
        let live = try LiveBoard()
        // The fixture's clock goes on by 100 ms with every command.
        try await live.openSitting()
        #expect(live.board.published == live.board.state.sequence)
        try await live.must(.postNotice(Notice(text: "one")))
        #expect(live.board.published == live.board.state.sequence)
    }

    @Test func `changes on the heels of a message wait for each other, not for a quiet moment`() async throws {
        let live = try LiveBoard()
        try await live.openSitting()
        let before = live.board.state
        var states: [CouncilState] = []
        for text in ["one", "two", "three", "four"] {
            try await live.must(.postNotice(Notice(text: text)))
            states.append(live.board.state)
        }
        var shown = Shown(epoch: "e", state: before, marks: RecentMarks(nil, []), now: before.lastAt)
        var delays = [shown.take(states[0], [], steady: 10_000)]
        let first = shown.publish(ClockReading(wall: states[0].lastAt, steady: 10_000))
        #expect(first?.sequence == states[0].sequence)
        delays.append(shown.take(states[1], [], steady: 10_020))
        delays.append(shown.take(states[2], [], steady: 10_045))
        let both = shown.publish(ClockReading(wall: states[2].lastAt, steady: 10_050))
        #expect(both?.after == states[0].sequence && both?.sequence == states[2].sequence)
        delays.append(shown.take(states[3], [], steady: 10_100))
        #expect(delays == [0, 30, nil, 0])
    }

    @Test func `many commands at once are each done exactly once`() async throws {
        let live = try LiveBoard()
        try await live.openSitting(deputies: 200)
        try await live.must(.planRound(RoundPlan(id: "r1", item: "i1", kind: .whole, question: "?")))
        try await live.must(.openRound("r1"))
        let answers = await withTaskGroup(of: Answer.self) { group in
            for number in 1...200 {
                for _ in 0..<2 {
                    group.addTask { await live.send(.castBallot(round: "r1", deputy: DeputyID("d\(number)") ?? "d", choice: .yes)) }
                }
            }
            return await group.reduce(into: [Answer]()) { $0.append($1) }
        }
        #expect(answers.count { if case .done = $0 { true } else { false } } == 200)
        #expect(answers.count { if case .refused(.ballotTwice) = $0 { true } else { false } } == 200)
        #expect(live.board.state.sitting("s1")?.round("r1")?.ballots.count == 200)
        _ = try live.board.log.replay()
    }

    @Test func `a secret round's bytes on the disk never hold a choice beside a deputy`() async throws {
        let live = try LiveBoard()
        try await live.openSitting()
        try await live.holdRound(method: .secret)
        for row in try live.board.log.rows(from: 1, limit: 1000) where row.type == "ballot_cast" {
            let text = String(decoding: row.body, as: UTF8.self)
            #expect(text.contains("\"deputy\":\"d"))
            for choice in Choice.allCases { #expect(!text.contains("\"\(choice.rawValue)\"")) }
        }
        // The digests of the same ballot with other choices are the same: nothing can be guessed from them.
        let digests = Choice.allCases.map {
            CommandEnvelope(by: "t", command: .inSitting("s1", .castBallot(round: "r1", deputy: "d1", choice: $0))).digest(
                in: live.board.state)
        }
        #expect(Set(digests).count == 1)
        let raw = try Data(contentsOf: URL(fileURLWithPath: live.scratch.path("record.sqlite")))
        #expect(raw.range(of: Data("\"choice\"".utf8)) == nil)
    }

    @Test func `a secret round does not survive the loss of its urn`() async throws {
        var live = try LiveBoard()
        try await live.openSitting()
        try await live.must(.planRound(RoundPlan(id: "r1", item: "i1", kind: .whole, question: "?", method: .secret)))
        try await live.must(.openRound("r1"))
        try await live.must(.castBallot(round: "r1", deputy: "d1", choice: .yes))
        try live.reopen()
        #expect(await live.send(.closeRound("r1")) == .refused(.secretInterrupted("r1", voted: 1, counted: 0)))
        try await live.must(.annulRound("r1", reason: "Перезапуск"))
    }
}
