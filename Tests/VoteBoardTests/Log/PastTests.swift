import Commons
import Testing

@testable import VoteBoard

/// The hours before now, as a page that goes back in the picture gets them.
@Suite struct PastTests {
    /// The states that `messages` lead through, each with its time, and the sequence at the end.
    private func states(_ messages: [[UInt8]]) throws -> [(at: Int64, sequence: Int64, state: JSONValue)] {
        var found: [(at: Int64, sequence: Int64, state: JSONValue)] = []
        for bytes in messages {
            let message = try JSONValue(StrictJSON.parse(String(decoding: bytes, as: UTF8.self)))
            let sequence = try #require(message["seq"]?.integer)
            if let last = found.last {
                #expect(message["type"] == .string("delta"))
                #expect(message["after"]?.integer == last.sequence)
                found.append((try #require(message["at"]?.integer), sequence, last.state.merging(try #require(message["patch"]))))
            } else {
                #expect(message["type"] == .string("snapshot"))
                found.append((try #require(message["now"]?.integer), sequence, try #require(message["state"])))
            }
        }
        return found
    }

    private func now(_ live: LiveBoard) -> UTCMilliseconds { live.clock.now().wall }

    private func shown(_ live: LiveBoard) async throws -> JSONValue {
        await live.board.flush()
        return try #require(try JSONValue(StrictJSON.parse(String(decoding: live.board.snapshot().bytes, as: UTF8.self)))["state"])
    }

    @Test func `the past leads to what is shown now`() async throws {
        let live = try LiveBoard()
        try await live.openSitting()
        try await live.holdRound()
        let past = BoardPast(log: live.board.log)
        let found = try states(try #require(try await past.messages(from: UTCMilliseconds(0), until: nil, now: now(live))))
        #expect(found.last?.state == (try await shown(live)))
        #expect(found.last?.sequence == live.board.state.sequence)
        #expect(found.contains { $0.state["open_round"] == .string("r1") && $0.state["rounds"]?["by_id"]?["r1"]?["voted"]?.integer == 4 })

        try await live.holdRound("r2")
        let later = try states(try #require(try await past.messages(from: UTCMilliseconds(0), until: nil, now: now(live))))
        #expect(later.last?.state == (try await shown(live)))
        #expect(later.count > found.count)
    }

    @Test func `it begins at a whole state before the moment that was asked for, and ends at the event`() async throws {
        let live = try LiveBoard()
        try await live.openSitting()
        for number in 1...6 { try await live.holdRound(RoundID("r\(number)") ?? "r") }
        var limits = BoardPast.Limits()
        limits.keyframeEvery = 8
        let past = BoardPast(log: live.board.log, limits: limits)
        let all = try states(try #require(try await past.messages(from: UTCMilliseconds(0), until: nil, now: now(live))))
        let middle = all[all.count / 2]
        let some = try states(
            try #require(try await past.messages(from: UTCMilliseconds(middle.at), until: middle.sequence, now: now(live))))
        #expect(some.count <= 8)
        #expect(try #require(some.first).at <= middle.at)
        #expect(some.last?.sequence == middle.sequence)
        #expect(some.last?.state == middle.state)
    }

    @Test func `it goes back as far as it may and no further`() async throws {
        let live = try LiveBoard()
        try await live.openSitting()
        try await live.holdRound()
        let first = now(live)
        live.clock.advance(3_600_000)
        try await live.holdRound("r2")
        var limits = BoardPast.Limits()
        limits.span = 600_000
        let recent = BoardPast(log: live.board.log, limits: limits)
        let found = try states(try #require(try await recent.messages(from: UTCMilliseconds(0), until: nil, now: now(live))))
        #expect(try #require(found.first).at <= first.value)
        #expect(found.first?.state["rounds"]?["by_id"]?["r1"]?["status"] == .string("announced"), "what was before is in the whole state")
        #expect(found.last?.state == (try await shown(live)))

        limits = BoardPast.Limits()
        (limits.changes, limits.keyframeEvery) = (10, 4)
        let few = BoardPast(log: live.board.log, limits: limits)
        for number in 3...6 {
            try await live.holdRound(RoundID("r\(number)") ?? "r")
            let found = try states(try #require(try await few.messages(from: UTCMilliseconds(0), until: nil, now: now(live))))
            #expect(found.count <= 14)
            #expect(found.last?.state == (try await shown(live)))
        }
    }

    @Test func `a restart loses nothing of it, and a sitting that is over stays`() async throws {
        var live = try LiveBoard()
        try await live.openSitting()
        try await live.holdRound()
        try await live.must(.close)
        try await live.must(.scheduleSitting(SittingPlan(id: "s2", title: "Друге засідання")))
        try await live.must(.inSitting("s2", .open))
        try live.reopen()
        let past = BoardPast(log: live.board.log)
        let found = try states(try #require(try await past.messages(from: UTCMilliseconds(0), until: nil, now: now(live))))
        #expect(found.last?.state == (try await shown(live)))
        #expect(found.contains { $0.state["sitting"]?["id"] == .string("s1") && $0.state["open_round"] == .string("r1") })
    }

    @Test func `a secret ballot's choice is not in it`() async throws {
        let live = try LiveBoard()
        try await live.openSitting()
        try await live.holdRound(method: .secret)
        let messages = try #require(try await BoardPast(log: live.board.log).messages(from: UTCMilliseconds(0), until: nil, now: now(live)))
        for state in try states(messages) {
            #expect(state.state["rounds"]?["by_id"]?["r1"]?["ballots"] == nil)
            #expect(state.state["rounds"]?["by_id"]?["r1"]?["positions"] == nil)
        }
    }

    @Test func `too many questions at once are refused`() async throws {
        let live = try LiveBoard()
        var limits = BoardPast.Limits()
        limits.waiting = 0
        let past = BoardPast(log: live.board.log, limits: limits)
        #expect(try await past.messages(from: UTCMilliseconds(0), until: nil, now: now(live)) == nil)
    }
}
