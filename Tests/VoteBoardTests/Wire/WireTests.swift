import Commons
import Foundation
import Testing

@testable import VoteBoard

/// A client of `plenary.v1` in a few lines: what every page does.
struct WireClient {
    var epoch = ""
    var sequence: Int64 = -1
    var state = JSONValue.object([:])

    /// `false` when the message does not follow from what the client has.
    mutating func take(_ bytes: [UInt8]) throws -> Bool {
        let message = try JSONValue(StrictJSON.parse(String(decoding: bytes, as: UTF8.self)))
        switch message["type"] {
        case .string("snapshot"):
            epoch = message["epoch"]?.text ?? ""
            sequence = message["seq"]?.integer ?? -1
            state = message["state"] ?? .null
            return true
        case .string("delta"):
            guard message["epoch"]?.text == epoch, message["after"]?.integer == sequence else { return false }
            sequence = message["seq"]?.integer ?? -1
            state = state.merging(message["patch"] ?? .object([:]))
            return true
        default: return message["seq"]?.integer == sequence
        }
    }
}

extension JSONValue {
    init(_ node: JSONNode) {
        self =
            switch node.value {
            case .null: .null
            case .bool(let flag): .bool(flag)
            case .number(let text): .integer(Int64(text) ?? .min)
            case .string(let text): .string(text)
            case .array(let items): .array(items.map(JSONValue.init))
            case .object(let entries): .object(entries.mapValues(JSONValue.init))
            }
    }

    subscript(key: String) -> JSONValue? { if case .object(let entries) = self { entries[key] } else { nil } }
    var text: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
}

struct WireTests {
    /// The sitting whose messages are pinned: everything that the public state can hold appears in it.
    /// - Parameter check: looks at what is shown after each of them.
    private func pinned(check: (Shown, UTCMilliseconds) -> Void = { _, _ in }) throws -> [(name: String, bytes: [UInt8])] {
        var hall = try Hall.open(deputies: 5, present: 4)
        var shown = Shown(epoch: "e1", state: hall.state, marks: RecentMarks(nil, []), now: hall.now)
        var messages: [(String, [UInt8])] = [("snapshot-registered", shown.snapshot(now: hall.now).bytes)]
        var steady: Int64 = 0
        func publish(_ name: String, since count: Int) {
            steady += 1000
            _ = shown.take(hall.state, Array(hall.log[count...]), steady: steady)
            messages.append((name, shown.publish(ClockReading(wall: hall.now, steady: steady))?.bytes ?? []))
            check(shown, hall.now)
        }
        func step(_ name: String, _ commands: SittingCommand...) throws {
            let count = hall.log.count
            for command in commands { try hall.must(command) }
            publish(name, since: count)
        }
        try step("delta-item-taken-up", .takeUpItem("i1"))
        try step(
            "delta-speech", .queueSpeaker(SpeakerEntry(id: "t1", deputy: "d2", kind: .report), index: nil),
            .queueSpeaker(SpeakerEntry(id: "t2", guest: "Гостя", kind: .question), index: nil), .startSpeech("t1"))
        try step("delta-speech-ended", .endSpeech, .removeSpeaker("t2"))
        try step(
            "delta-item-added",
            .addItem(
                AgendaItem(
                    id: "i3", number: "2.1", title: "Підпункт <b>", draft: "П-7",
                    links: [DocumentLink(title: "Проєкт", url: "https://rada.example/7")], parent: "i2"), index: nil))
        try step("delta-recusal", .declareRecusal(item: "i1", deputy: "d4", reason: "Родич"))
        try step("delta-round-opened", .planRound(RoundPlan(id: "r1", item: "i1", kind: .whole, question: "В цілому")), .openRound("r1"))
        try step("delta-ballot-live", .castBallot(round: "r1", deputy: "d1", choice: .yes))
        try step("delta-round-closed", .castBallot(round: "r1", deputy: "d2", choice: .no), .closeRound("r1"))
        try step("delta-round-announced", .announceRound("r1"))
        try step("delta-round-annulled", .annulRound("r1", reason: "Збій"))
        let again = RoundPlan(id: "r2", item: "i1", kind: .whole, question: "В цілому", reveal: .count, supersedes: "r1")
        try step("delta-revote-opened", .planRound(again), .openRound("r2"))
        try step("delta-ballot-count", .castBallot(round: "r2", deputy: "d1", choice: .yes))
        try step("delta-count-closed", .castBallot(round: "r2", deputy: "d2", choice: .yes), .closeRound("r2"), .announceRound("r2"))
        try step("delta-secret-opened", .planRound(RoundPlan(id: "r3", kind: .confidence, question: "Довіра")), .openRound("r3"))
        try step("delta-secret-ballot", .castBallot(round: "r3", deputy: "d1", choice: .yes))
        try step("delta-secret-closed", .closeRound("r3"))
        try step("delta-break", .suspend(until: Fixtures.noon + 3_600_000, notice: "Перерва до 14:00"))
        try step("delta-resumed", .resume, .register(["d5"]))
        try step("delta-departed", .depart(["d5"]))
        messages.append(("snapshot-full", shown.snapshot(now: hall.now).bytes))
        try step("delta-closed", .close)
        messages.append(("tick", shown.tick(now: hall.now).bytes))
        return messages
    }

    /// Set `PLENARY_WRITE_GOLDEN=1` to write the files anew after a change that was meant.
    private static let writes = ProcessInfo.processInfo.environment["PLENARY_WRITE_GOLDEN"] == "1"
    private static var folder: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")
    }

    @Test func `every message is byte for byte the golden one`() throws {
        for (name, bytes) in try pinned() {
            let file = Self.folder.appendingPathComponent("wire/\(name).json")
            if Self.writes { try Data(bytes + [10]).write(to: file) }
            let golden = try Data(contentsOf: file)
            #expect(String(decoding: bytes + [10], as: UTF8.self) == String(decoding: golden, as: UTF8.self), "\(name)")
        }
    }

    @Test func `what this program reads is what the snapshot says, after every message`() throws {
        var count = 0
        _ = try pinned { shown, now in
            count += 1
            #expect(shown.publicState(now: now).encoded == shown.snapshot(now: now))
        }
        #expect(count > 15)
    }

    @Test func `a client that takes the pinned messages in order ends with the pinned state`() throws {
        var client = WireClient()
        for (name, bytes) in try pinned() where name != "snapshot-full" { #expect(try client.take(bytes), "\(name)") }
    }

    @Test func `no ballot of a counted or secret round is on the wire before its close`() throws {
        for (name, bytes) in try pinned() where ["delta-ballot-count", "delta-secret-ballot", "delta-secret-closed"].contains(name) {
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(!text.contains("\"d1\":\"yes\"") && !text.contains("ballots"), "\(name): \(text)")
        }
    }

    @Test func `clients that drop and come back at random end with the daemon's exact state`() async throws {
        let live = try LiveBoard()
        try await live.openSitting(deputies: 30)
        var random = SeededGenerator(21)
        var clients = Array(repeating: WireClient(), count: 20)
        let observed = ObservedBytes()
        let first = live.board.observe { observed.append($0.bytes) }
        #expect(first.sequence >= 0)
        for number in 1...40 {
            let id = RoundID("r\(number)") ?? "r"
            try await live.must(.planRound(RoundPlan(id: id, item: "i1", kind: .whole, question: "?")))
            try await live.must(.openRound(id))
            for deputy in 1...30 {
                await live.send(.castBallot(round: id, deputy: DeputyID("d\(deputy)") ?? "d", choice: .yes))
                // Somebody comes back, with what they have or with nothing.
                let index = Int.random(in: clients.indices, using: &random)
                if Int.random(in: 0...4, using: &random) == 0 { clients[index] = WireClient() }
                if let deltas = live.board.deltas(epoch: clients[index].epoch, after: clients[index].sequence) {
                    for delta in deltas { #expect(try clients[index].take(delta.bytes)) }
                } else {
                    #expect(try clients[index].take(live.board.snapshot().bytes))
                }
            }
            try await live.must(.closeRound(id))
        }
        await live.board.flush()
        var exact = WireClient()
        _ = try exact.take(live.board.snapshot().bytes)
        var follower = WireClient()
        _ = try follower.take(first.bytes)
        for bytes in observed.all { #expect(try follower.take(bytes)) }
        #expect(follower.state == exact.state && follower.sequence == live.board.state.sequence)
        for index in clients.indices {
            if let deltas = live.board.deltas(epoch: clients[index].epoch, after: clients[index].sequence) {
                for delta in deltas { #expect(try clients[index].take(delta.bytes)) }
            } else {
                _ = try clients[index].take(live.board.snapshot().bytes)
            }
            #expect(clients[index].state == exact.state)
        }
    }

    @Test func `a deputy's place on the hall's plan is on the wire`() throws {
        var state = CouncilState()
        state.roster = Fixtures.roster(deputies: 2, seats: 2)
        state.roster.deputies[0].place = SeatPlace(x: 12, y: 90)
        var view = PublicView()
        let deputies = view.render(state, at: Fixtures.noon).json["council"]?["deputies"]
        #expect(deputies?["d1"]?["place"] == .object(["x": .integer(12), "y": .integer(90)]))
        #expect(deputies?["d2"].map { $0["place"] == nil } == true)
    }

    @Test func `a ring that has forgotten asks for a snapshot`() {
        var ring = DeltaRing(count: 3, bytes: 1000)
        for sequence in 1...5 {
            ring.append(EncodedMessage(after: Int64(sequence - 1), sequence: Int64(sequence), bytes: [1]))
        }
        #expect(ring.since(5, current: 5)?.isEmpty == true)
        #expect(ring.since(2, current: 5)?.map(\.sequence) == [3, 4, 5])
        #expect(ring.since(1, current: 5) == nil)
        #expect(ring.since(9, current: 5) == nil)
    }
}
