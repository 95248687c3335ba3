import EventChannel
import TestSupport
import Testing

@Suite(.outsideProcess, .timeLimit(.minutes(5)))
struct FirstContactTests {
    @Test func `the first message is the snapshot, and the next the change that follows it`() async throws {
        try await LiveChannel.with { live in
            live.feed.set(3, to: 7)
            let client = try RawClient.listening(port: live.port)
            var listener = Listener()
            try listener.take(try #require(try client.message()))
            #expect(listener.heard == live.feed.heard)
            live.feed.set(4, to: 1)
            live.feed.set(3, to: 8)
            for _ in 0..<2 { try listener.take(try #require(try client.message())) }
            #expect(listener.heard == live.feed.heard)
            #expect(listener.snapshots == 1)
        }
    }
}
