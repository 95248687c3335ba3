import Commons
import EventChannel
import Foundation
import Gateway
import Synchronization
import Testing
import VoteBoard

@testable import plenary

/// The board as the doors see it.
struct HallFeedTests {
    private static func open() throws -> (feed: HallFeed, board: Board) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("feed-\(UUID().uuidString).sqlite").path
        let board = try Board(log: EventLog(path: path, signer: LogSigner()))
        return (HallFeed(board), board)
    }

    private static func schedule(_ board: Board, _ number: Int) async {
        let plan = SittingPlan(id: SittingID("s\(number)")!, title: "Засідання \(number)")
        let answer = await board.send(CommandEnvelope(id: UUID(), expected: nil, by: "test", command: .scheduleSitting(plan)))
        guard case .done = answer else {
            Issue.record("\(answer)")
            return
        }
        await board.flush()
    }

    @Test func `both doors hear every change in order, from where their first message ends`() async throws {
        let (feed, board) = try Self.open()
        await Self.schedule(board, 1)
        let channel = Mutex<[EncodedMessage]>([])
        let door = Mutex<[EncodedMessage]>([])
        let begin: EncodedMessage = feed.observe { message in channel.withLock { $0.append(message) } }
        let observation: UInt64 = feed.observe { message in door.withLock { $0.append(message) } }
        for number in 2...5 { await Self.schedule(board, number) }
        let heard = channel.withLock { $0 }
        #expect(heard.first?.after == begin.sequence)
        for (one, next) in zip(heard, heard.dropFirst()) { #expect(next.after == one.sequence) }
        #expect(door.withLock { $0.map(\.bytes) } == heard.map(\.bytes))
        #expect(heard.last?.sequence == board.published)
        let missed = try #require(feed.deltas(epoch: feed.epoch, after: begin.sequence))
        #expect(missed == heard)
        #expect(feed.deltas(epoch: "another", after: begin.sequence) == nil)
        feed.cancelObservation(observation)
        await Self.schedule(board, 6)
        #expect(door.withLock { $0.count } == heard.count)
        #expect(channel.withLock { $0.count } == heard.count + 1)
    }

    @Test func `a tick names no more than it says`() async throws {
        let (feed, board) = try Self.open()
        await Self.schedule(board, 1)
        let tick = feed.tick()
        #expect(tick.sequence == board.published)
        #expect(String(decoding: tick.bytes, as: UTF8.self).contains(#""seq":\#(tick.sequence)"#))
    }
}
